using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// What a PodDisruptionBudget says, for those who spend it (evictions) and those who keep it (the disruption
/// controller). https://kubernetes.io/docs/tasks/run-application/configure-pdb/
/// </summary>
public static class DisruptionBudgets
{
    /// <summary>The condition that sums up whether a pod may be evicted now.</summary>
    public const string AllowedCondition = "DisruptionAllowed";

    /// <summary>True when the budget is about the pod: an empty selector means all pods of the namespace, none means none.</summary>
    public static bool Covers(this V1PodDisruptionBudget budget, V1Pod pod)
        => budget.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty
            && LabelSelector.Of(budget.Spec?.Selector)?.Matches(pod.Metadata.Labels) == true;

    /// <summary>The conditions with <see cref="AllowedCondition"/> as the number of allowed disruptions calls for.</summary>
    public static IList<V1Condition> ConditionsFor(
        IList<V1Condition>? present, int allowed, long? generation, DateTime now)
        => ConditionsWith(present, allowed > 0, allowed > 0 ? "SufficientPods" : "InsufficientPods", "", generation, now);

    /// <summary>The conditions with <see cref="AllowedCondition"/> as given; its time moves only with its status.</summary>
    public static IList<V1Condition> ConditionsWith(
        IList<V1Condition>? present, bool isAllowed, string reason, string message, long? generation, DateTime now)
    {
        var known = present?.FirstOrDefault(static one => one.Type == AllowedCondition);
        var status = isAllowed ? "True" : "False";
        var wanted = new V1Condition
        {
            Type = AllowedCondition,
            Status = status,
            Reason = reason,
            Message = message,
            ObservedGeneration = generation,
            LastTransitionTime = known?.Status == status ? known.LastTransitionTime : now,
        };
        return [.. (present ?? []).Where(static one => one.Type != AllowedCondition), wanted];
    }
}
