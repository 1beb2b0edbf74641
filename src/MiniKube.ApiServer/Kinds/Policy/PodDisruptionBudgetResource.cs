using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class PodDisruptionBudgetResource : ResourceDefinition<V1PodDisruptionBudget>
{
    public PodDisruptionBudgetResource()
        : base(new Gvr("policy", "v1", "poddisruptionbudgets"), Scope.Namespaced, "PodDisruptionBudget")
    {
        ShortNames = ["pdb"];
        HasStatus = true;
        HasGeneration = true;
        Column("Min Available", budget => budget.Spec?.MinAvailable?.Value ?? "N/A");
        Column("Max Unavailable", budget => budget.Spec?.MaxUnavailable?.Value ?? "N/A");
        Column("Allowed Disruptions", budget => budget.Status?.DisruptionsAllowed ?? 0, "integer");
        Column("Age", (budget, now) => ColumnText.Since(budget.Metadata.CreationTimestamp, now));
    }

    protected override void ApplyDefaults(V1PodDisruptionBudget budget) => budget.Spec ??= new V1PodDisruptionBudgetSpec();

    protected override void PrepareForCreate(V1PodDisruptionBudget budget)
        => budget.Status = new V1PodDisruptionBudgetStatus();

    protected override void PrepareForUpdate(V1PodDisruptionBudget budget, V1PodDisruptionBudget old)
        => budget.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1PodDisruptionBudget budget, V1PodDisruptionBudget old)
        => budget.Spec = old.Spec;

    protected override void Validate(V1PodDisruptionBudget budget, FieldErrors errors)
        => PodDisruptionBudgetRules.Validate(budget.Spec, errors);

    protected override void ValidateUpdate(V1PodDisruptionBudget budget, V1PodDisruptionBudget old, FieldErrors errors)
        => PodDisruptionBudgetRules.ValidateStatus(budget.Status, errors);
}
