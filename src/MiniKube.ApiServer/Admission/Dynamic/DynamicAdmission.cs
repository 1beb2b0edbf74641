using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
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
    private readonly ConditionalWeakTable<StoredObject, ValidatingPolicy> _policies = [];
    private readonly ConditionalWeakTable<StoredObject, MutatingPolicy> _mutatingPolicies = [];
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
                resources.Get(typeof(V1ValidatingAdmissionPolicy)),
                resources.Get(typeof(V1ValidatingAdmissionPolicyBinding)),
                resources.Get(typeof(V1MutatingAdmissionPolicy)),
                resources.Get(typeof(V1MutatingAdmissionPolicyBinding)),
            ],
            Compile);
    }

    /// <summary>True when somebody may change objects.</summary>
    public bool MayMutate => !_installed.Current.Mutators.IsEmpty;

    /// <summary>True when somebody looks at objects.</summary>
    public bool Validates => _installed.Current is { } installed && !(installed.Validators.IsEmpty && installed.Policies.IsEmpty);

    /// <summary>Asks those whose turn it is, one after the other, each about what the one before left.</summary>
    /// <exception cref="ApiException">The request is refused.</exception>
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

    /// <summary>Asks policies, then all webhooks at once. Of several refusals the first in order is told.</summary>
    /// <exception cref="ApiException">The request is refused.</exception>
    public async ValueTask ValidateAsync(AdmissionSubject subject, CancellationToken cancellationToken)
    {
        var (_, validators, policies) = _installed.Current;
        await ValidateAsync(policies, subject, cancellationToken);
        if (validators.Length == 1)
        {
            await validators[0].ValidateAsync(subject, cancellationToken);
            return;
        }

        // What several look at together is made before.
        _ = subject.Values.Of(AdmissionVariables.OfWebhooks.Count);
        await Task.WhenAll(validators.Select(one => one.ValidateAsync(subject, cancellationToken).AsTask()));
    }

    // One that only warns is heard although another refuses.
    private static async ValueTask ValidateAsync(
        ImmutableArray<IValidator> policies, AdmissionSubject subject, CancellationToken cancellationToken)
    {
        ApiException? refusal = null;
        foreach (var policy in policies)
        {
            try
            {
                await policy.ValidateAsync(subject, cancellationToken);
            }
            catch (ApiException refused)
            {
                refusal ??= refused;
            }
        }

        subject.Notes.Tell(subject.Annotate);
        if (refusal is not null)
        {
            ExceptionDispatchInfo.Throw(refusal);
        }
    }

    private Installed Compile(IReadOnlyList<IReadOnlyList<StoredObject>> parts) => new(
        [
            .. BoundMutating(parts[4], parts[5]),
            .. parts[0].SelectMany(stored => _webhooks.GetValue(
                stored,
                one => Webhooks(Typed<V1MutatingWebhookConfiguration>(one).Webhooks, one, WebhookDeclaration.Of, mutates: true))),
        ],
        [
            .. parts[1].SelectMany(stored => _webhooks.GetValue(
                stored,
                one => Webhooks(Typed<V1ValidatingWebhookConfiguration>(one).Webhooks, one, WebhookDeclaration.Of, mutates: false))),
        ],
        [.. Bound(parts[2], parts[3])]);

    private IEnumerable<IValidator> Bound(IReadOnlyList<StoredObject> policies, IReadOnlyList<StoredObject> bindings)
    {
        var bound = bindings.Select(Typed<V1ValidatingAdmissionPolicyBinding>).ToLookup(static one => one.Spec.PolicyName);
        foreach (var stored in policies)
        {
            foreach (var binding in bound[stored.Key.Name])
            {
                var policy = _policies.GetValue(stored, one => new ValidatingPolicy(Typed<V1ValidatingAdmissionPolicy>(one)));
                yield return new ValidatingBinding(policy, binding, _resources);
            }
        }
    }

    private IEnumerable<IMutator> BoundMutating(IReadOnlyList<StoredObject> policies, IReadOnlyList<StoredObject> bindings)
    {
        var bound = bindings.Select(Typed<V1MutatingAdmissionPolicyBinding>).ToLookup(static one => one.Spec.PolicyName);
        foreach (var stored in policies)
        {
            foreach (var binding in bound[stored.Key.Name])
            {
                var policy = _mutatingPolicies.GetValue(stored, one => new MutatingPolicy(Typed<V1MutatingAdmissionPolicy>(one)));
                yield return new MutatingBinding(policy, binding, _resources);
            }
        }
    }

    private AdmissionWebhook[] Webhooks<T>(IList<T>? hooks, StoredObject stored, Func<T, WebhookDeclaration> declared, bool mutates)
        => [.. (hooks ?? []).Select((hook, index) => new AdmissionWebhook(
            declared(hook), $"{stored.Key.Resource} {stored.Key.Name} {index}", mutates, _tools))];

    private T Typed<T>(StoredObject stored)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => (T)_resources.Get(typeof(T)).View(stored).Item;

    private sealed record Installed(
        ImmutableArray<IMutator> Mutators, ImmutableArray<IValidator> Validators, ImmutableArray<IValidator> Policies);
}
