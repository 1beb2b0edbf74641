using System.Text.Json.Nodes;

namespace MiniKube.ApiServer;

/// <summary>
/// Everything that has a say about a write, in order: the server's rules and the webhooks that change objects, the rules that need the
/// final object, and, after the object was validated, those who only look. The first refusal ends the request.
/// </summary>
internal sealed class AdmissionChain(AdmissionRules rules, DynamicAdmission installed, Authorizer authorizer)
{
    // Asking again has an end: whoever changes the object in the second round is not followed.
    private const int Rounds = 2;

    /// <summary>True when who sends an object of the kind may find fields in it that nobody set.</summary>
    public bool MayChange(ResourceDefinition definition)
        => rules.Changing.Any(rule => rule.MayChange(definition)) || rules.Final.Any(rule => rule.MayChange(definition))
            || installed.MayMutate;

    /// <summary>Changes <see cref="AdmissionRequest.Object"/> or replaces it.</summary>
    /// <exception cref="MiniKube.Api.ApiException">The write is refused.</exception>
    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        await AskAsync(rules.Changing, request, cancellationToken);
        if (installed.MayMutate && AdmissionForms.IsSeen(request))
        {
            await MutateAsync(rules.Changing, request, cancellationToken);
        }

        await AskAsync(rules.Final, request, cancellationToken);
    }

    /// <summary>The object is as it will be stored.</summary>
    /// <exception cref="MiniKube.Api.ApiException">The write is refused.</exception>
    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (installed.Validates && AdmissionForms.IsSeen(request))
        {
            await installed.ValidateAsync(AdmissionForms.SubjectOf(request, authorizer, isFinal: true), cancellationToken);
        }

        await AskAsync(rules.Last, request, cancellationToken);
    }

    /// <summary>What is not stored, but asks for something to be done: bindings, evictions, commands.</summary>
    /// <returns>What was made of it; null when it is as it was.</returns>
    /// <exception cref="MiniKube.Api.ApiException">It is refused.</exception>
    public async ValueTask<JsonObject?> AdmitBodyAsync(
        ResourceRequest request, ObjectLookup objects, Func<AdmissionBody> body, CancellationToken cancellationToken)
    {
        if ((!installed.MayMutate && !installed.Validates) || !AdmissionForms.IsSeen(request.User))
        {
            return null;
        }

        var subject = body().SubjectOf(request, objects, authorizer);
        var turns = new Reinvocation();
        await installed.MutateAsync(subject, turns, cancellationToken);
        if (subject.IsChanged)
        {
            turns.BeginSecondRound(subject.Object);
            await installed.MutateAsync(subject, turns, cancellationToken);
        }

        await installed.ValidateAsync(subject, cancellationToken);
        return subject.IsChanged ? subject.Object : null;
    }

    /// <summary>Questions (access reviews): nothing is stored, and the server has no rules of its own about them.</summary>
    /// <exception cref="MiniKube.Api.ApiException">It is refused.</exception>
    public async ValueTask AdmitReviewAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (installed.MayMutate && AdmissionForms.IsSeen(request))
        {
            await MutateAsync([], request, cancellationToken);
        }

        if (installed.Validates && AdmissionForms.IsSeen(request))
        {
            await installed.ValidateAsync(AdmissionForms.SubjectOf(request, authorizer, isFinal: true), cancellationToken);
        }
    }

    // What was changed meets the server's own rules again, which so always have the last word.
    private async ValueTask MutateAsync(IReadOnlyList<IAdmission> own, AdmissionRequest request, CancellationToken cancellationToken)
    {
        var turns = new Reinvocation();
        for (var round = 1; round <= Rounds; round++)
        {
            var subject = AdmissionForms.SubjectOf(request, authorizer, isFinal: false);
            if (round > 1)
            {
                turns.BeginSecondRound(subject.Object);
            }

            await installed.MutateAsync(subject, turns, cancellationToken);
            if (!subject.IsChanged)
            {
                return;
            }

            AdmissionForms.Take(request, subject);
            await AskAsync(own, request, cancellationToken);
        }
    }

    private static async ValueTask AskAsync(
        IReadOnlyList<IAdmission> asked, AdmissionRequest request, CancellationToken cancellationToken)
    {
        foreach (var rule in asked)
        {
            await rule.AdmitAsync(request, cancellationToken);
        }
    }
}
