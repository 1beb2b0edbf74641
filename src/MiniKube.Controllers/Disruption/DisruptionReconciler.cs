using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Keeps the status of budgets true. Every write names the version it was computed from: an eviction that spent the
/// budget in between makes it a conflict, and it is computed again.
/// </summary>
internal sealed class DisruptionReconciler(
    IApiClient client,
    Informer<V1PodDisruptionBudget> budgets,
    Informer<V1Pod> pods,
    PodScales scales,
    EventRecorder events,
    TimeProvider time)
    : IReconciler
{
    private const string Failed = "SyncFailed";

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (budgets.Find(key) is not { } budget)
        {
            return ReconcileResult.Done;
        }

        var covered = pods.ByNamespace[key.Namespace].Where(budget.Covers).ToList();
        if (covered.Count == 0)
        {
            events.Normal(budget, "NoPods", "No matching pods found");
        }

        var now = time.GetUtcNow();
        var plan = DisruptionPlanner.Plan(budget, covered, scales.Of(covered), now);
        foreach (var pod in plan.NotDeleted)
        {
            events.Warning(pod, "NotDeleted", $"Pod was expected by PDB {budget.Key()} to be deleted but it wasn't");
        }

        await WriteAsync(budget, plan, now, cancellationToken);
        return plan.Recheck is { } at ? ReconcileResult.After(at - now) : ReconcileResult.Done;
    }

    private async Task WriteAsync(
        V1PodDisruptionBudget budget, DisruptionPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var generation = budget.Metadata.Generation;
        var conditions = plan.Problem.Length == 0
            ? DisruptionBudgets.ConditionsFor(
                budget.Status?.Conditions, plan.Status.DisruptionsAllowed ?? 0, generation, now.UtcDateTime)
            : DisruptionBudgets.ConditionsWith(
                budget.Status?.Conditions, isAllowed: false, Failed, plan.Problem, generation, now.UtcDateTime);
        var status = plan.Status with { Conditions = conditions };
        if (Same.Json(budget.Status ?? new V1PodDisruptionBudgetStatus(), status))
        {
            return;
        }

        if (plan.Problem.Length > 0)
        {
            events.Warning(
                budget, "CalculateExpectedPodCountFailed", $"Failed to calculate the number of expected pods: {plan.Problem}");
        }

        await client.UpdateAsync(budget with { Status = status }, "status", cancellationToken);
    }
}
