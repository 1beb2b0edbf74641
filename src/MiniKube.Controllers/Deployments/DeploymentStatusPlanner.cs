using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>What a deployment's status should say, and when time alone will change it.</summary>
internal static class DeploymentStatusPlanner
{
    /// <summary>Counts, availability and failures; the progress of the rollout too when one is judged.</summary>
    public static V1DeploymentStatus Plan(
        V1Deployment deployment, DeploymentSets sets, bool judgeProgress, DateTimeOffset now)
    {
        var status = Count(deployment, sets);
        var conditions = new DeploymentConditions(deployment.Status?.Conditions, now);
        SetAvailable(conditions, status, RolloutBounds.Of(deployment));
        if (judgeProgress)
        {
            SetProgress(deployment, sets, status, conditions, now);
            SetFailure(sets, conditions);
        }

        status.Conditions = conditions.ToList();
        return status;
    }

    /// <summary>When the rollout runs out of time if nothing happens; null when it cannot.</summary>
    public static DateTimeOffset? Deadline(V1Deployment deployment, V1DeploymentStatus status)
    {
        var progress = status.Conditions?.FirstOrDefault(static one => one.Type == DeploymentConditions.Progressing);
        if (!deployment.HasProgressDeadline() || progress is null || deployment.IsComplete(status)
            || progress.Reason is DeploymentConditions.DeadlineExceeded or DeploymentConditions.NewSetAvailable)
        {
            return null;
        }

        return Expiry(deployment, progress);
    }

    private static V1DeploymentStatus Count(V1Deployment deployment, DeploymentSets sets)
    {
        var available = sets.All.Sum(static set => set.Available());
        return new V1DeploymentStatus
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = DeploymentTerms.Shown(sets.All.Sum(static set => set.Actual())),
            UpdatedReplicas = DeploymentTerms.Shown(sets.New?.Actual() ?? 0),
            ReadyReplicas = DeploymentTerms.Shown(sets.All.Sum(static set => set.Status?.ReadyReplicas ?? 0)),
            AvailableReplicas = DeploymentTerms.Shown(available),
            UnavailableReplicas = DeploymentTerms.Shown(Math.Max(0, sets.All.Sum(static set => set.Desired()) - available)),
            CollisionCount = deployment.Status?.CollisionCount,
        };
    }

    private static void SetAvailable(DeploymentConditions conditions, V1DeploymentStatus status, RolloutBounds bounds)
    {
        if ((status.AvailableReplicas ?? 0) >= bounds.AvailableMin)
        {
            conditions.Set(
                DeploymentConditions.Available, "True", "MinimumReplicasAvailable", "Deployment has minimum availability.");
            return;
        }

        conditions.Set(
            DeploymentConditions.Available,
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.");
    }

    private static void SetProgress(
        V1Deployment deployment,
        DeploymentSets sets,
        V1DeploymentStatus status,
        DeploymentConditions conditions,
        DateTimeOffset now)
    {
        if (!deployment.HasProgressDeadline())
        {
            conditions.Remove(DeploymentConditions.Progressing);
            return;
        }

        var current = conditions.Find(DeploymentConditions.Progressing);
        if (status.Replicas == status.UpdatedReplicas && current?.Reason == DeploymentConditions.NewSetAvailable)
        {
            return; // Done before, and still of one template: pods that come and go are not a rollout.
        }

        const string Type = DeploymentConditions.Progressing;
        var subject = sets.New is { } newest
            ? $"ReplicaSet \"{newest.Metadata.Name}\""
            : $"Deployment \"{deployment.Metadata.Name}\"";
        if (deployment.IsComplete(status))
        {
            conditions.Set(Type, "True", DeploymentConditions.NewSetAvailable, $"{subject} has successfully progressed.");
        }
        else if (HasProgressed(deployment.Status, status))
        {
            conditions.Replace(Type, "True", DeploymentConditions.SetUpdated, $"{subject} is progressing.");
        }
        else if (current is null || current.Reason == DeploymentConditions.NewSetAvailable)
        {
            SetBegun(sets, conditions); // From here on the deadline runs.
        }
        else if (Expiry(deployment, current) <= now)
        {
            conditions.Set(Type, "False", DeploymentConditions.DeadlineExceeded, $"{subject} has timed out progressing.");
        }
    }

    private static void SetBegun(DeploymentSets sets, DeploymentConditions conditions)
    {
        if (sets.New is not { } newest)
        {
            return; // A Recreate rollout still waits for the last old pod.
        }

        var (reason, message) = DeploymentAnnotations.WasUsedBefore(newest)
            ? ("FoundNewReplicaSet", $"Found new replica set \"{newest.Metadata.Name}\"")
            : ("NewReplicaSetCreated", $"Created new replica set \"{newest.Metadata.Name}\"");
        conditions.Set(DeploymentConditions.Progressing, "True", reason, message);
    }

    private static bool HasProgressed(V1DeploymentStatus? before, V1DeploymentStatus after)
    {
        var oldBefore = (before?.Replicas ?? 0) - (before?.UpdatedReplicas ?? 0);
        var oldAfter = (after.Replicas ?? 0) - (after.UpdatedReplicas ?? 0);
        return (after.UpdatedReplicas ?? 0) > (before?.UpdatedReplicas ?? 0)
            || oldAfter < oldBefore
            || (after.ReadyReplicas ?? 0) > (before?.ReadyReplicas ?? 0)
            || (after.AvailableReplicas ?? 0) > (before?.AvailableReplicas ?? 0);
    }

    private static void SetFailure(DeploymentSets sets, DeploymentConditions conditions)
    {
        var failure = sets.All.Reverse()
            .SelectMany(static set => set.Status?.Conditions ?? [])
            .FirstOrDefault(static one => one.Type == DeploymentConditions.ReplicaFailure);
        if (failure is null)
        {
            conditions.Remove(DeploymentConditions.ReplicaFailure);
            return;
        }

        conditions.Set(DeploymentConditions.ReplicaFailure, failure.Status, failure.Reason ?? "", failure.Message ?? "");
    }

    private static DateTimeOffset Expiry(V1Deployment deployment, V1DeploymentCondition progress)
        => PodStates.Utc(progress.LastUpdateTime ?? DateTime.UnixEpoch)
            .AddSeconds(deployment.Spec.ProgressDeadlineSeconds ?? 0);
}
