using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>How many pods the owner of a budget's pods wants; null when it cannot be known, and why.</summary>
internal readonly record struct WantedScale(int? Pods, string Problem = "");

/// <summary>What a budget's status should be, and what is to be said about it.</summary>
/// <param name="Status">The numbers, without conditions.</param>
/// <param name="Problem">Why they could not be computed; empty when they were.</param>
/// <param name="NotDeleted">Pods whose eviction was allowed and that are still there.</param>
/// <param name="Recheck">When the next of the evictions that were allowed counts as failed.</param>
internal sealed record DisruptionPlan(
    V1PodDisruptionBudgetStatus Status, string Problem, ImmutableArray<V1Pod> NotDeleted, DateTimeOffset? Recheck);

/// <summary>
/// Counts what a budget leaves: pods that are ready and not on their way out, less those that have to stay.
/// https://kubernetes.io/docs/tasks/run-application/configure-pdb/
/// </summary>
internal static class DisruptionPlanner
{
    // How long a pod whose eviction was allowed may take to be seen as deleted, as Kubernetes.
    private static readonly TimeSpan DeletionPatience = TimeSpan.FromMinutes(2);

    public static DisruptionPlan Plan(
        V1PodDisruptionBudget budget, IReadOnlyCollection<V1Pod> pods, WantedScale scale, DateTimeOffset now)
    {
        var disrupted = new Dictionary<string, DateTime?>();
        List<V1Pod> stuck = [];
        foreach (var pod in pods.Where(static pod => !pod.IsDeleting()))
        {
            if (AllowedAt(budget, pod) is { } at)
            {
                if (at + DeletionPatience > now)
                {
                    disrupted[pod.Metadata.Name] = at.UtcDateTime;
                }
                else
                {
                    stuck.Add(pod);
                }
            }
        }

        var (expected, desired, problem) = Wanted(budget.Spec, pods.Count, scale);
        var healthy = pods.Count(pod => !pod.IsDeleting() && pod.IsReady() && !disrupted.ContainsKey(pod.Metadata.Name));
        var status = new V1PodDisruptionBudgetStatus
        {
            CurrentHealthy = healthy,
            DesiredHealthy = desired,
            ExpectedPods = expected,
            DisruptionsAllowed = expected > 0 && problem.Length == 0 ? Math.Max(0, healthy - desired) : 0,
            DisruptedPods = disrupted.Count == 0 ? null : disrupted,
            ObservedGeneration = budget.Metadata.Generation,
            Conditions = budget.Status?.Conditions,
        };
        DateTimeOffset? recheck = disrupted.Count == 0 ? null : PodStates.Utc(disrupted.Values.Min()!.Value) + DeletionPatience;
        return new DisruptionPlan(status, problem, [.. stuck], recheck);
    }

    private static (int Expected, int Desired, string Problem) Wanted(V1PodDisruptionBudgetSpec spec, int pods, WantedScale scale)
    {
        if (spec.MinAvailable is { } least && !least.Value.EndsWith('%'))
        {
            return (pods, Amounts.Resolve(least, pods, roundUp: true), "");
        }

        if (spec.MinAvailable is null && spec.MaxUnavailable is null)
        {
            return (0, 0, ""); // A budget that says nothing allows nothing.
        }

        if (scale.Pods is not { } expected)
        {
            return (0, 0, scale.Problem);
        }

        return spec.MaxUnavailable is { } most
            ? (expected, Math.Max(0, expected - Amounts.Resolve(most, expected, roundUp: true)), "")
            : (expected, Amounts.Resolve(spec.MinAvailable!, expected, roundUp: true), "");
    }

    private static DateTimeOffset? AllowedAt(V1PodDisruptionBudget budget, V1Pod pod)
        => budget.Status?.DisruptedPods is { } known && known.TryGetValue(pod.Metadata.Name, out var at) && at is { } time
            ? PodStates.Utc(time)
            : null;
}
