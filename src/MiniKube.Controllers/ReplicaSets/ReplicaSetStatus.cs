using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Controllers;

/// <summary>The status of a set of pods.</summary>
internal static class ReplicaSetStatus
{
    private const string FailureCondition = "ReplicaFailure";

    /// <summary>
    /// What the set's status should say. <paramref name="failure"/> is what creating or deleting pods ran into, if
    /// anything.
    /// </summary>
    public static V1ReplicaSetStatus Of(
        V1ReplicaSet set, IReadOnlyList<V1Pod> active, ReplicaFailure? failure, DateTimeOffset now)
    {
        var template = LabelSelector.Of(set.Spec.Template?.Metadata?.Labels ?? new Dictionary<string, string>());
        var minReadySeconds = set.Spec.MinReadySeconds ?? 0;
        return new V1ReplicaSetStatus
        {
            Replicas = active.Count,
            FullyLabeledReplicas = DeploymentTerms.Shown(active.Count(pod => template.Matches(pod.Metadata.Labels))),
            ReadyReplicas = DeploymentTerms.Shown(active.Count(static pod => pod.IsReady())),
            AvailableReplicas = DeploymentTerms.Shown(active.Count(pod => pod.IsAvailable(minReadySeconds, now))),
            ObservedGeneration = set.Metadata.Generation,
            Conditions = ConditionsOf(set.Status?.Conditions ?? [], failure, now),
        };
    }

    /// <summary>When the next ready pod becomes available; null when no pod is waiting for that.</summary>
    public static DateTimeOffset? NextAvailable(V1ReplicaSet set, IReadOnlyList<V1Pod> active, DateTimeOffset now)
        => active.Select(pod => pod.AvailableFrom(set.Spec.MinReadySeconds ?? 0)).Where(at => at > now).Min();

    private static List<V1ReplicaSetCondition> ConditionsOf(
        IList<V1ReplicaSetCondition> present, ReplicaFailure? failure, DateTimeOffset now)
    {
        var others = present.Where(static condition => condition.Type != FailureCondition);
        if (failure is null)
        {
            return [.. others];
        }

        var known = present.FirstOrDefault(static condition => condition.Type == FailureCondition);
        if (known?.Reason == failure.Reason)
        {
            return [.. present];
        }

        return
        [
            .. others,
            new V1ReplicaSetCondition
            {
                Type = FailureCondition,
                Status = "True",
                Reason = failure.Reason,
                Message = failure.Message,
                LastTransitionTime = now.UtcDateTime,
            },
        ];
    }
}

/// <summary>
/// Why a set does not have the pods it wants: <c>FailedCreate</c> or <c>FailedDelete</c>, and the API's words.
/// </summary>
internal sealed record ReplicaFailure(string Reason, string Message);
