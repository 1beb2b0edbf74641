using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Keeps as many pods of a set as it asks for, and its status true.</summary>
internal sealed class ReplicaSetReconciler(
    IApiClient client, Informer<V1ReplicaSet> sets, Informer<V1Pod> pods, EventRecorder events, TimeProvider time)
    : IReconciler
{
    private readonly Ownership<V1ReplicaSet, V1Pod> _ownership = new(client, pods);
    private readonly PodWrites _writes = new(pods);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (sets.Find(key) is not { } set || LabelSelector.Of(set.Spec.Selector) is not { } selector)
        {
            _writes.Forget(key);
            return ReconcileResult.Done; // Deleted: its pods belong to the garbage collector now.
        }

        await _writes.CaughtUpAsync(key, cancellationToken);
        var claimed = await _ownership.ClaimAsync(set, selector, cancellationToken);
        var active = _writes.ActiveOf(key, claimed);
        var failure = set.IsDeleting() ? null : await ScaleAsync(set, active, cancellationToken);
        await WriteStatusAsync(set, active, failure, cancellationToken);
        if (failure is not null)
        {
            throw new ApiException(StatusReason.InternalError, failure.Message);
        }

        var now = time.GetUtcNow();
        return ReplicaSetStatus.NextAvailable(set, active, now) is { } at
            ? ReconcileResult.After(at - now)
            : ReconcileResult.Done;
    }

    private async Task<ReplicaFailure?> ScaleAsync(
        V1ReplicaSet set, IReadOnlyList<V1Pod> active, CancellationToken cancellationToken)
    {
        var plan = ReplicaPlanner.Plan(set.Spec.Replicas ?? 1, active, PeersOnNode(set, active), time.GetUtcNow());
        if (plan.Delete.IsEmpty)
        {
            return await SlowStart.RunAsync(plan.Create, () => CreateAsync(set, cancellationToken));
        }

        var outcomes = await Task.WhenAll(plan.Delete.Select(pod => DeleteAsync(set, pod, cancellationToken)));
        return outcomes.FirstOrDefault(static outcome => outcome is not null);
    }

    // Pods of all sets of the same deployment do the same work: a node that has many of them can spare one first.
    private Dictionary<string, int> PeersOnNode(V1ReplicaSet set, IReadOnlyList<V1Pod> active)
    {
        if (active.Count <= (set.Spec.Replicas ?? 1))
        {
            return [];
        }

        IEnumerable<V1ReplicaSet> family = set.ControllerRef() is { } owner ? sets.ByOwnerUid[owner.Uid] : [set];
        return family.SelectMany(one => pods.ByOwnerUid[one.Metadata.Uid])
            .Where(static pod => pod.IsActive() && !string.IsNullOrEmpty(pod.Spec.NodeName))
            .CountBy(static pod => pod.Spec.NodeName)
            .ToDictionary();
    }

    private async Task<ReplicaFailure?> CreateAsync(V1ReplicaSet set, CancellationToken cancellationToken)
    {
        try
        {
            var pod = await client.CreateAsync(PodOf(set), cancellationToken);
            _writes.Created(set.Key(), pod);
            events.Normal(set, "SuccessfulCreate", $"Created pod: {pod.Metadata.Name}");
            return null;
        }
        catch (ApiException closing) when (closing.Causes.Any(static cause => cause.Reason == "NamespaceTerminating"))
        {
            return null; // Everything in the namespace is about to go, this set too.
        }
        catch (ApiException failure)
        {
            events.Warning(set, "FailedCreate", $"Error creating: {failure.Message}");
            return new ReplicaFailure("FailedCreate", failure.Message);
        }
    }

    private async Task<ReplicaFailure?> DeleteAsync(V1ReplicaSet set, V1Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            var deleted = await client.DeleteIfPresentAsync(pod, cancellationToken);
            _writes.Deleted(set.Key(), pod);
            if (deleted)
            {
                events.Normal(set, "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
            }

            return null;
        }
        catch (ApiException failure)
        {
            events.Warning(set, "FailedDelete", $"Error deleting: {failure.Message}");
            return new ReplicaFailure("FailedDelete", failure.Message);
        }
    }

    private static V1Pod PodOf(V1ReplicaSet set) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta
        {
            GenerateName = $"{set.Metadata.Name}-",
            NamespaceProperty = set.Metadata.NamespaceProperty,
            Labels = set.Spec.Template.Metadata?.Labels,
            Annotations = set.Spec.Template.Metadata?.Annotations,
            Finalizers = set.Spec.Template.Metadata?.Finalizers,
            OwnerReferences = [ObjectType<V1ReplicaSet>.ControllerRefTo(set)],
        },
        Spec = set.Spec.Template.Spec,
    };

    private async Task WriteStatusAsync(
        V1ReplicaSet set, IReadOnlyList<V1Pod> active, ReplicaFailure? failure, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await client.UpdateWithRetryAsync(
            set,
            copy =>
            {
                // The generation this reconcile acted on, not one that a retry happens to read.
                var wanted = ReplicaSetStatus.Of(set, active, failure, now);
                var changed = !Same.Json(copy.Status ?? new V1ReplicaSetStatus(), wanted);
                copy.Status = wanted;
                return changed;
            },
            "status",
            cancellationToken);
    }
}
