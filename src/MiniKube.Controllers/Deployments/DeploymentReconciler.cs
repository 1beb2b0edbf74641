using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Moves the pods of a deployment from the replica sets of earlier templates to the one of the present template, step
/// by step: each reconcile makes one change and writes down how far it is; the change of the replica set that follows
/// calls for the next.
/// </summary>
internal sealed class DeploymentReconciler(
    IApiClient client,
    Informer<V1Deployment> deployments,
    Informer<V1ReplicaSet> replicaSets,
    Informer<V1Pod> pods,
    EventRecorder events,
    TimeProvider time)
    : IReconciler
{
    private readonly Ownership<V1Deployment, V1ReplicaSet> _ownership = new(client, replicaSets);
    private readonly DeploymentWrites _writes = new(client, deployments, replicaSets, events, time);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        await _writes.CaughtUpAsync(key, cancellationToken);
        if (deployments.Find(key) is not { } deployment || LabelSelector.Of(deployment.Spec.Selector) is not { } selector)
        {
            _writes.Forget(key);
            return ReconcileResult.Done; // Deleted: its replica sets belong to the garbage collector now.
        }

        var owned = await _ownership.ClaimAsync(deployment, selector, cancellationToken);
        var rollout = new Rollout(deployment, DeploymentSets.Of(deployment, owned));
        if (deployment.IsDeleting())
        {
            return await FinishAsync(rollout, judgeProgress: false, cancellationToken);
        }

        rollout = await _writes.NotePauseAsync(rollout, cancellationToken);
        if (deployment.Spec.Paused == true || ProportionalPlanner.IsScaling(deployment, rollout.Sets))
        {
            return await ScaleOnlyAsync(rollout, cancellationToken);
        }

        return deployment.IsRollingUpdate()
            ? await RollAsync(rollout, cancellationToken)
            : await RecreateAsync(rollout, cancellationToken);
    }

    /// <summary>No rollout now: the desired number is spread over the sets there are.</summary>
    private async Task<ReconcileResult> ScaleOnlyAsync(Rollout rollout, CancellationToken cancellationToken)
    {
        rollout = await _writes.AnnotateNewAsync(rollout, cancellationToken);
        foreach (var scaling in ProportionalPlanner.Plan(rollout.Deployment, rollout.Sets))
        {
            await _writes.ScaleAsync(rollout.Deployment, scaling, cancellationToken);
        }

        return await FinishAsync(rollout, judgeProgress: false, cancellationToken);
    }

    private async Task<ReconcileResult> RollAsync(Rollout rollout, CancellationToken cancellationToken)
    {
        rollout = await _writes.EnsureNewAsync(rollout, cancellationToken);
        if (RolloutPlanner.ScaleNew(rollout.Deployment, rollout.Sets) is { } growth)
        {
            await _writes.ScaleAsync(rollout.Deployment, growth, cancellationToken);
            return await FinishAsync(rollout, judgeProgress: true, cancellationToken);
        }

        foreach (var scaling in RolloutPlanner.ScaleOld(rollout.Deployment, rollout.Sets))
        {
            await _writes.ScaleAsync(rollout.Deployment, scaling, cancellationToken);
        }

        return await FinishAsync(rollout, judgeProgress: true, cancellationToken);
    }

    /// <summary>All old pods end before the first new one starts.</summary>
    private async Task<ReconcileResult> RecreateAsync(Rollout rollout, CancellationToken cancellationToken)
    {
        var running = rollout.Sets.Old.Where(static set => set.Desired() > 0).ToList();
        foreach (var set in running)
        {
            await _writes.ScaleAsync(rollout.Deployment, new Scaling(set, 0), cancellationToken);
        }

        if (running.Count > 0 || rollout.Sets.Old.Any(HasPods))
        {
            rollout = await _writes.AnnotateNewAsync(rollout, cancellationToken);
            return await FinishAsync(rollout, judgeProgress: true, cancellationToken);
        }

        rollout = await _writes.EnsureNewAsync(rollout, cancellationToken);
        if (RolloutPlanner.ScaleNew(rollout.Deployment, rollout.Sets) is { } growth)
        {
            await _writes.ScaleAsync(rollout.Deployment, growth, cancellationToken);
        }

        return await FinishAsync(rollout, judgeProgress: true, cancellationToken);
    }

    // A pod that is shutting down still holds what the new one may need.
    private bool HasPods(V1ReplicaSet set)
        => pods.ByOwnerUid[set.Metadata.Uid].Any(static pod => !pod.IsFinished());

    private async Task<ReconcileResult> FinishAsync(
        Rollout rollout, bool judgeProgress, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var status = DeploymentStatusPlanner.Plan(rollout.Deployment, rollout.Sets, judgeProgress, now);
        if (judgeProgress && rollout.Deployment.IsComplete(status))
        {
            await _writes.CleanUpAsync(rollout, cancellationToken);
        }

        await _writes.WriteStatusAsync(rollout.Deployment, status, cancellationToken);
        return judgeProgress && DeploymentStatusPlanner.Deadline(rollout.Deployment, status) is { } deadline
            ? ReconcileResult.After(deadline - now + TimeSpan.FromSeconds(1))
            : ReconcileResult.Done;
    }
}
