using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Webhooks and policies that administrators installed. Compiled once for each configuration; where there is none, a request costs a look
/// at a number. Thread-safe.
/// </summary>
internal sealed class DynamicAdmission
{
    private readonly MadeOfKinds<Installed> _installed;
    private readonly ConditionalWeakTable<StoredObject, AdmissionWebhook[]> _webhooks = [];
    private readonly ResourceIndex _resources;
    private readonly AdmissionTools _tools;

    public DynamicAdmission(IResourceStore store, ResourceIndex resources, ServiceEndpoints services, ILogger logger)
    {
        _resources = resources;
        _tools = new AdmissionTools(resources, services, logger);
        _installed = new MadeOfKinds<Installed>(
            store,
            [
                resources.Get(typeof(V1MutatingWebhookConfiguration)),
                resources.Get(typeof(V1ValidatingWebhookConfiguration)),
            ],
            Compile);
    }

    /// <summary>True when somebody may change objects.</summary>
    public bool MayMutate => !_installed.Current.Mutators.IsEmpty;

    /// <summary>True when somebody looks at objects.</summary>
    public bool Validates => !_installed.Current.Validators.IsEmpty;

    /// <summary>Asks those whose turn it is, one after the other, each about what the one before left.</summary>
    /// <exception cref="MiniKube.Api.ApiException">The request is refused.</exception>
    public async ValueTask MutateAsync(AdmissionSubject subject, Reinvocation turns, CancellationToken cancellationToken)
    {
        foreach (var mutator in _installed.Current.Mutators)
        {
            if (turns.IsTurnOf(mutator))
            {
                turns.Done(mutator, await mutator.MutateAsync(subject, cancellationToken));
            }
        }

        turns.EndRound(subject.Object);
    }

    /// <summary>Asks everyone at once. Of several refusals the first in order is told.</summary>
    /// <exception cref="MiniKube.Api.ApiException">The request is refused.</exception>
    public async ValueTask ValidateAsync(AdmissionSubject subject, CancellationToken cancellationToken)
    {
        var validators = _installed.Current.Validators;
        if (validators.Length == 1)
        {
            await validators[0].ValidateAsync(subject, cancellationToken);
            return;
        }

        // What several look at together is made before.
        _ = subject.Values.Of(AdmissionVariables.OfWebhooks.Count);
        await Task.WhenAll(validators.Select(one => one.ValidateAsync(subject, cancellationToken).AsTask()));
    }

    private Installed Compile(IReadOnlyList<IReadOnlyList<StoredObject>> parts) => new(
        [
            .. parts[0].SelectMany(stored => _webhooks.GetValue(
                stored, one => Webhooks(Typed<V1MutatingWebhookConfiguration>(one).Webhooks, one, WebhookDeclaration.Of, mutates: true))),
        ],
        [
            .. parts[1].SelectMany(stored => _webhooks.GetValue(
                stored, one => Webhooks(Typed<V1ValidatingWebhookConfiguration>(one).Webhooks, one, WebhookDeclaration.Of, mutates: false))),
        ]);

    private AdmissionWebhook[] Webhooks<T>(IList<T>? hooks, StoredObject stored, Func<T, WebhookDeclaration> declared, bool mutates)
        => [.. (hooks ?? []).Select((hook, index) => new AdmissionWebhook(
            declared(hook), $"{stored.Key.Resource} {stored.Key.Name} {index}", mutates, _tools))];

    private T Typed<T>(StoredObject stored)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => (T)_resources.Get(typeof(T)).View(stored).Item;

    private sealed record Installed(ImmutableArray<IMutator> Mutators, ImmutableArray<IValidator> Validators);
}
