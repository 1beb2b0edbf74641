using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Keeps one pod of a set on every node it fits, and its status true.</summary>
internal sealed class DaemonSetReconciler(
    IApiClient client,
    Informer<V1DaemonSet> sets,
    Informer<V1Pod> pods,
    Informer<V1Node> nodes,
    Informer<V1ControllerRevision> revisions,
    EventRecorder events,
    TimeProvider time)
    : IReconciler
{
    private readonly Ownership<V1DaemonSet, V1Pod> _ownership = new(client, pods);
    private readonly RevisionHistory<V1DaemonSet> _history = new(client, revisions, DaemonPods.HashLabel);
    private readonly CacheBarrier<V1Pod> _writes = new(pods);
    private readonly EndedPods _ended = new(time);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (sets.Find(key) is not { } set || LabelSelector.Of(set.Spec.Selector) is not { } selector)
        {
            _writes.Forget(key);
            _history.Forget(key);
            return ReconcileResult.Done; // Deleted: its pods belong to the garbage collector now.
        }

        await _writes.CaughtUpAsync(key, cancellationToken);
        var claimed = await _ownership.ClaimAsync(set, selector, cancellationToken);
        var history = await _history.EnsureAsync(
            set, selector, set.Spec.Template, set.Status?.CollisionCount, cancellationToken);
        var view = DaemonView.Of(set, _history.HashOf(history.Update), nodes.All, claimed, time.GetUtcNow());
        await WriteStatusAsync(set, DaemonSetStatus.Of(view, history.Collisions), cancellationToken);
        var wait = set.IsDeleting() ? null : await ActAsync(view, cancellationToken);
        if (!set.IsDeleting())
        {
            var live = history.All.Where(one => claimed.Any(pod => DaemonPods.HashOf(pod) == _history.HashOf(one)));
            var names = live.Select(static one => one.Metadata.Name).ToHashSet();
            await _history.TrimAsync(history, names, set.Spec.RevisionHistoryLimit, cancellationToken);
        }

        return Sooner(wait, DaemonSetStatus.NextAvailable(view) - view.Now);
    }

    // Returns how long a pod that has ended still waits for its successor.
    private async Task<TimeSpan?> ActAsync(DaemonView view, CancellationToken cancellationToken)
    {
        var places = DaemonPlanner.Plan(view);
        var rollout = DaemonRollout.Plan(view);
        var due = places.Ended.Where(pod => _ended.WaitOf(view.Set, pod) == TimeSpan.Zero).ToList();
        foreach (var pod in due)
        {
            var said = pod.Status?.Phase == "Failed" ? "Failed" : "Succeeded";
            events.Warning(
                view.Set,
                $"{said}DaemonPod",
                $"Found {said.ToLowerInvariant()} daemon pod {pod.Key()} on node {DaemonPods.NodeOf(pod)}, will try to delete it");
        }

        var leaving = places.Delete.Concat(rollout.Delete).Concat(due).DistinctBy(static pod => pod.Metadata.Uid);
        await Task.WhenAll(leaving.Select(pod => DeleteAsync(view.Set, pod, cancellationToken)));
        var coming = places.Create.Concat(rollout.Create).Distinct().ToList();
        var failure = await SlowStart.RunAsync(
            coming, node => CreateAsync(view.Set, node, view.Hash, cancellationToken));
        if (failure is not null)
        {
            throw failure;
        }

        return places.Ended.Except(due).Select(pod => (TimeSpan?)_ended.WaitOf(view.Set, pod)).Min();
    }

    private async Task<ApiException?> CreateAsync(V1DaemonSet set, string node, string hash, CancellationToken cancellationToken)
    {
        try
        {
            var pod = await client.CreateAsync(DaemonPods.Make(set, node, hash), cancellationToken);
            _writes.Wrote(set.Key(), pod);
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
            return failure;
        }
    }

    private async Task DeleteAsync(V1DaemonSet set, V1Pod pod, CancellationToken cancellationToken)
    {
        if (await client.DeleteIfPresentAsync(pod, cancellationToken))
        {
            events.Normal(set, "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
        }
    }

    private async Task WriteStatusAsync(V1DaemonSet set, V1DaemonSetStatus status, CancellationToken cancellationToken)
        => await client.UpdateWithRetryAsync(
            set,
            copy =>
            {
                var changed = !Same.Json(copy.Status ?? new V1DaemonSetStatus(), status);
                copy.Status = status;
                return changed;
            },
            "status",
            cancellationToken);

    private static ReconcileResult Sooner(TimeSpan? one, TimeSpan? other)
    {
        var wait = one is null || other < one ? other : one;
        return wait is { } delay ? ReconcileResult.After(delay) : ReconcileResult.Done;
    }
}
