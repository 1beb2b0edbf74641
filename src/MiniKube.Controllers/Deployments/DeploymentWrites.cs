using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// The changes a deployment makes. Every one names the version it decided on, so that a decision that somebody overtook
/// is refused as a conflict and made again.
/// </summary>
internal sealed class DeploymentWrites(
    IApiClient client,
    Informer<V1Deployment> deployments,
    Informer<V1ReplicaSet> replicaSets,
    EventRecorder events,
    TimeProvider time)
{
    private readonly CacheBarrier<V1Deployment> _deploymentWrites = new(deployments);
    private readonly CacheBarrier<V1ReplicaSet> _setWrites = new(replicaSets);

    /// <summary>Waits until the caches show everything written for the deployment before.</summary>
    public async Task CaughtUpAsync(ObjectKey deployment, CancellationToken cancellationToken)
    {
        await _deploymentWrites.CaughtUpAsync(deployment, cancellationToken);
        await _setWrites.CaughtUpAsync(deployment, cancellationToken);
    }

    public void Forget(ObjectKey deployment)
    {
        _deploymentWrites.Forget(deployment);
        _setWrites.Forget(deployment);
    }

    /// <summary>
    /// With the newest set made if there was none, and its annotations and ready seconds as they should be.
    /// </summary>
    public async Task<Rollout> EnsureNewAsync(Rollout rollout, CancellationToken cancellationToken)
    {
        if (rollout.Sets.New is not null)
        {
            return await AnnotateNewAsync(rollout, cancellationToken);
        }

        var wanted = NewReplicaSet.For(rollout.Deployment, rollout.Sets);
        var created = await CreateAsync(rollout.Deployment, wanted, cancellationToken);
        return await NoteRevisionAsync(rollout, created, cancellationToken);
    }

    /// <summary>As <see cref="EnsureNewAsync"/>, but makes no set.</summary>
    public async Task<Rollout> AnnotateNewAsync(Rollout rollout, CancellationToken cancellationToken)
    {
        var (deployment, sets) = rollout;
        if (sets.New is not { } newest)
        {
            return rollout;
        }

        var annotations = DeploymentAnnotations.ForNewSet(deployment, newest, sets.NextRevision);
        if (!Same.Entries(newest.Metadata.Annotations, annotations)
            || newest.Spec.MinReadySeconds != deployment.Spec.MinReadySeconds)
        {
            var changed = newest with
            {
                Metadata = newest.Metadata with { Annotations = annotations },
                Spec = newest.Spec with { MinReadySeconds = deployment.Spec.MinReadySeconds },
            };
            newest = await client.UpdateAsync(changed, subresource: null, cancellationToken);
            _setWrites.Wrote(deployment.Key(), newest);
        }

        return await NoteRevisionAsync(rollout, newest, cancellationToken);
    }

    /// <summary>Gives a set its new size, and notes on it by which numbers it was scaled.</summary>
    public async Task ScaleAsync(V1Deployment deployment, Scaling scaling, CancellationToken cancellationToken)
    {
        var (set, replicas) = scaling;
        var bounds = RolloutBounds.Of(deployment);
        var isNoted = set.Metadata.NumberIn(DeploymentAnnotations.DesiredReplicas) == bounds.Desired
            && set.Metadata.NumberIn(DeploymentAnnotations.MaxReplicas) == bounds.PodsMax;
        if (set.Desired() == replicas && isNoted)
        {
            return;
        }

        var scaled = set with
        {
            Metadata = set.Metadata with { Annotations = DeploymentAnnotations.WithBounds(set, bounds) },
            Spec = set.Spec with { Replicas = replicas },
        };
        _setWrites.Wrote(deployment.Key(), await client.UpdateAsync(scaled, subresource: null, cancellationToken));
        if (set.Desired() != replicas)
        {
            NoteScaling(deployment, set.Metadata.Name, set.Desired(), replicas);
        }
    }

    /// <summary>Deletes the revisions beyond the history limit.</summary>
    public async Task CleanUpAsync(Rollout rollout, CancellationToken cancellationToken)
    {
        foreach (var set in HistoryPlanner.Superfluous(rollout.Deployment, rollout.Sets))
        {
            await client.DeleteIfPresentAsync(set, cancellationToken);
        }
    }

    /// <summary>Writes the status if it says something new.</summary>
    public async Task WriteStatusAsync(
        V1Deployment deployment, V1DeploymentStatus status, CancellationToken cancellationToken)
    {
        if (!Same.Json(deployment.Status ?? new V1DeploymentStatus(), status))
        {
            await UpdateStatusAsync(deployment, status, cancellationToken);
        }
    }

    /// <summary>
    /// Says in the conditions that the rollout was paused or goes on, so that its deadline does not run meanwhile.
    /// </summary>
    public async Task<Rollout> NotePauseAsync(Rollout rollout, CancellationToken cancellationToken)
    {
        var deployment = rollout.Deployment;
        var conditions = new DeploymentConditions(deployment.Status?.Conditions, time.GetUtcNow());
        var reason = conditions.Find(DeploymentConditions.Progressing)?.Reason;
        if (!deployment.HasProgressDeadline() || reason == DeploymentConditions.DeadlineExceeded)
        {
            return rollout;
        }

        var isPaused = deployment.Spec.Paused == true;
        if (isPaused == (reason == "DeploymentPaused"))
        {
            return rollout;
        }

        var (newReason, message) = isPaused
            ? ("DeploymentPaused", "Deployment is paused")
            : ("DeploymentResumed", "Deployment is resumed");
        conditions.Replace(DeploymentConditions.Progressing, "Unknown", newReason, message);
        var status = (deployment.Status ?? new V1DeploymentStatus()) with { Conditions = conditions.ToList() };
        return rollout with { Deployment = await UpdateStatusAsync(deployment, status, cancellationToken) };
    }

    private async Task<V1ReplicaSet> CreateAsync(
        V1Deployment deployment, V1ReplicaSet wanted, CancellationToken cancellationToken)
    {
        try
        {
            var created = await client.CreateAsync(wanted, cancellationToken);
            _setWrites.Wrote(deployment.Key(), created);
            if (created.Desired() > 0)
            {
                NoteScaling(deployment, created.Metadata.Name, 0, created.Desired());
            }

            return created;
        }
        catch (ApiException taken) when (taken.Reason == StatusReason.AlreadyExists)
        {
            return await FindMadeBeforeAsync(deployment, wanted, taken, cancellationToken);
        }
        catch (ApiException failure) when (deployment.HasProgressDeadline())
        {
            var message = $"Failed to create new replica set \"{wanted.Metadata.Name}\": {failure.Message}";
            await NoteFailureAsync(deployment, message, cancellationToken);
            throw;
        }
    }

    // The cache did not show it yet; or the name belongs to somebody else, and the next one is tried.
    private async Task<V1ReplicaSet> FindMadeBeforeAsync(
        V1Deployment deployment, V1ReplicaSet wanted, ApiException taken, CancellationToken cancellationToken)
    {
        var there = await client.FindAsync<V1ReplicaSet>(wanted.Key(), cancellationToken);
        if (there is null)
        {
            throw taken;
        }

        if (there.IsControlledBy(deployment) && TemplateHash.IsSame(there.Spec.Template, deployment.Spec.Template))
        {
            return there;
        }

        var status = deployment.Status ?? new V1DeploymentStatus();
        await UpdateStatusAsync(
            deployment, status with { CollisionCount = (status.CollisionCount ?? 0) + 1 }, cancellationToken);
        throw taken;
    }

    private async Task NoteFailureAsync(V1Deployment deployment, string message, CancellationToken cancellationToken)
    {
        var conditions = new DeploymentConditions(deployment.Status?.Conditions, time.GetUtcNow());
        conditions.Set(DeploymentConditions.Progressing, "False", "ReplicaSetCreateError", message);
        var status = (deployment.Status ?? new V1DeploymentStatus()) with { Conditions = conditions.ToList() };
        await UpdateStatusAsync(deployment, status, cancellationToken);
    }

    private async Task<Rollout> NoteRevisionAsync(Rollout rollout, V1ReplicaSet newest, CancellationToken cancellationToken)
    {
        var (deployment, sets) = rollout;
        var revision = DeploymentAnnotations.RevisionOf(newest);
        if (deployment.Metadata.NumberIn(DeploymentAnnotations.Revision) != revision)
        {
            var annotations = new Dictionary<string, string>(deployment.Metadata.Annotations ?? new Dictionary<string, string>())
            {
                [DeploymentAnnotations.Revision] = DeploymentTerms.Text(revision),
            };
            var changed = deployment with { Metadata = deployment.Metadata with { Annotations = annotations } };
            deployment = await client.UpdateAsync(changed, subresource: null, cancellationToken);
            _deploymentWrites.Wrote(deployment.Key(), deployment);
        }

        return new Rollout(deployment, sets with { New = newest });
    }

    private void NoteScaling(V1Deployment deployment, string set, int from, int to)
        => events.Normal(
            deployment, "ScalingReplicaSet", $"Scaled {(to > from ? "up" : "down")} replica set {set} from {from} to {to}");

    private async Task<V1Deployment> UpdateStatusAsync(
        V1Deployment deployment, V1DeploymentStatus status, CancellationToken cancellationToken)
    {
        var updated = await client.UpdateAsync(deployment with { Status = status }, "status", cancellationToken);
        _deploymentWrites.Wrote(updated.Key(), updated);
        return updated;
    }
}
