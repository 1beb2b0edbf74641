using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// PodDisruptionBudgets. https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/
/// </summary>
internal static class PodDisruptionBudgetRules
{
    public static void Validate(V1PodDisruptionBudgetSpec spec, FieldErrors errors)
    {
        if (spec is { MinAvailable: not null, MaxUnavailable: not null })
        {
            errors.Invalid("spec", spec.MinAvailable.Value, "minAvailable and maxUnavailable cannot be both set");
        }

        ValidateAmount(spec.MinAvailable, "spec.minAvailable", errors);
        ValidateAmount(spec.MaxUnavailable, "spec.maxUnavailable", errors);
        SelectorRules.Validate(spec.Selector, "spec.selector", errors);
        if (spec.UnhealthyPodEvictionPolicy is { } policy and not ("AlwaysAllow" or "IfHealthyBudget"))
        {
            errors.NotSupported("spec.unhealthyPodEvictionPolicy", policy, ["AlwaysAllow", "IfHealthyBudget"]);
        }
    }

    public static void ValidateStatus(V1PodDisruptionBudgetStatus? status, FieldErrors errors)
    {
        errors.NotNegative("status.disruptionsAllowed", status?.DisruptionsAllowed);
        errors.NotNegative("status.currentHealthy", status?.CurrentHealthy);
        errors.NotNegative("status.desiredHealthy", status?.DesiredHealthy);
        errors.NotNegative("status.expectedPods", status?.ExpectedPods);
    }

    private static void ValidateAmount(IntOrString? amount, string path, FieldErrors errors)
    {
        AmountRules.Validate(amount, path, errors);
        AmountRules.ValidateShare(amount, path, errors);
    }
}
