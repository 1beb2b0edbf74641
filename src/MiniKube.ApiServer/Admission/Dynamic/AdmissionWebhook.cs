using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>One webhook of a configuration, ready to be asked. Immutable, thread-safe.</summary>
internal sealed partial class AdmissionWebhook : IMutator, IValidator
{
    private const string OwnGroup = "admissionregistration.k8s.io";

    // A patch may be as large as an object, and comes in base64.
    private const int AnswerBytesMax = 16 * 1024 * 1024;

    private static readonly string[] ReviewVersions = ["v1", "v1beta1"];

    private readonly WebhookDeclaration _hook;
    private readonly AdmissionMatcher _matcher;
    private readonly MatchConditions _conditions;
    private readonly WebhookCaller _caller;
    private readonly AdmissionTools _tools;
    private readonly string _version;
    private readonly bool _mutates;

    /// <param name="hook">As declared.</param>
    /// <param name="key">Tells it from all others.</param>
    /// <param name="mutates">True for mutating ones.</param>
    /// <param name="tools">What it needs of the server.</param>
    public AdmissionWebhook(WebhookDeclaration hook, string key, bool mutates, AdmissionTools tools)
    {
        (_hook, Key, _mutates, _tools) = (hook, key, mutates, tools);
        _matcher = new AdmissionMatcher(hook.Rules, [], hook.MatchPolicy, hook.NamespaceSelector, hook.ObjectSelector);
        _conditions = new MatchConditions(hook.MatchConditions, AdmissionVariables.OfWebhooks);
        _version = hook.ReviewVersions.FirstOrDefault(ReviewVersions.Contains) ?? ReviewVersions[0];
        var seconds = hook.TimeoutSeconds ?? 10;
        var query = string.Create(CultureInfo.InvariantCulture, $"timeout={seconds}s");
        _caller = new WebhookCaller(
            hook.Target, tools.Services, new WebhookLimits(TimeSpan.FromSeconds(seconds), AnswerBytesMax, query));
    }

    public string Key { get; }

    public bool IsReinvocable => _hook.ReinvocationPolicy == "IfNeeded";

    private bool FailsOpen => _hook.FailurePolicy == "Ignore";

    public async ValueTask<MutationOutcome> MutateAsync(AdmissionSubject subject, CancellationToken cancellationToken)
    {
        if (await ConcernsAsync(subject, cancellationToken) is not { } view)
        {
            return MutationOutcome.NotConcerned;
        }

        if (await AskAsync(subject, view, cancellationToken) is not { Patch: { Count: > 0 } patch })
        {
            return MutationOutcome.Unchanged;
        }

        if (view.Object is null)
        {
            throw new ApiException(StatusReason.InternalError,
                $"Internal error occurred: admission webhook \"{_hook.Name}\" attempted to modify the object, "
                + "which is not supported for this operation");
        }

        return await PatchAsync(subject, view, patch, cancellationToken) ? MutationOutcome.Changed : MutationOutcome.Unchanged;
    }

    public async ValueTask ValidateAsync(AdmissionSubject subject, CancellationToken cancellationToken)
    {
        if (await ConcernsAsync(subject, cancellationToken) is { } view)
        {
            await AskAsync(subject, view, cancellationToken);
        }
    }

    /// <summary>The objects in the version it wants; null when the request is none of its business.</summary>
    private async ValueTask<AdmissionView?> ConcernsAsync(AdmissionSubject subject, CancellationToken cancellationToken)
    {
        // Nobody could repair a configuration that forbids its own repair.
        if (subject.Definition.Gvr.Group == OwnGroup || _matcher.Match(subject, _tools.Resources.Current) is not { } version)
        {
            return null;
        }

        var view = await subject.ViewAsync(version, cancellationToken);
        var matches = _conditions.Evaluate(count => subject.ValuesOf(view).Of(count), out var problem, cancellationToken);
        return matches switch
        {
            true => view,
            null when !FailsOpen => throw ApiException.Forbidden(subject.Definition.Gvr, subject.Name, problem),
            _ => null,
        };
    }

    /// <summary>What it says; null when it failed and is passed over.</summary>
    private async ValueTask<AdmissionAnswer?> AskAsync(
        AdmissionSubject subject, AdmissionView view, CancellationToken cancellationToken)
    {
        AdmissionAnswer answer;
        try
        {
            answer = await CallAsync(subject, view, cancellationToken);
        }
        catch (Exception failure) when (failure is WebhookCallException or FormatException)
        {
            var why = failure is FormatException ? "received invalid webhook response" : "failed to call webhook";
            var text = $"failed calling webhook \"{_hook.Name}\": {why}: {failure.Message}";
            if (!FailsOpen)
            {
                throw new ApiException(StatusReason.InternalError, $"Internal error occurred: {text}");
            }

            Log.PassedOver(_tools.Logger, text);
            return null;
        }

        foreach (var warning in answer.Warnings)
        {
            subject.Warn(warning);
        }

        foreach (var (key, value) in answer.AuditAnnotations)
        {
            subject.Annotate($"{_hook.Name}/{key}", value);
        }

        return answer.IsAllowed ? answer : throw WebhookRefusal.Of(_hook.Name, answer.Status);
    }

    private async Task<AdmissionAnswer> CallAsync(AdmissionSubject subject, AdmissionView view, CancellationToken cancellationToken)
    {
        var uid = Guid.NewGuid().ToString();
        var body = await _caller.AskAsync(AdmissionReviewJson.Question(subject, view, _version, uid), cancellationToken);
        return AdmissionReviewJson.Answer(body, _version, uid, _mutates);
    }

    private async ValueTask<bool> PatchAsync(
        AdmissionSubject subject, AdmissionView view, JsonArray patch, CancellationToken cancellationToken)
    {
        try
        {
            var patched = JsonPatch.Apply(view.Object, patch) as JsonObject
                ?? throw new ApiException(StatusReason.BadRequest, "the patch leaves no object");
            var converted = await VersionConversion.ConvertAsync(
                patched, view.Kind, view.Version, subject.Definition, cancellationToken);
            return subject.Change(converted!);
        }
        catch (ApiException wrong) when (wrong.Reason is StatusReason.BadRequest or StatusReason.Invalid)
        {
            throw new ApiException(StatusReason.InternalError,
                $"Internal error occurred: the patch of admission webhook \"{_hook.Name}\" cannot be applied: {wrong.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2060, LogLevel.Warning, "A webhook whose failure policy is Ignore was passed over: {Problem}")]
        public static partial void PassedOver(ILogger logger, string problem);
    }
}

/// <summary>What webhooks and policies need of the server.</summary>
internal sealed record AdmissionTools(ResourceIndex Resources, ServiceEndpoints Services, ILogger Logger);
