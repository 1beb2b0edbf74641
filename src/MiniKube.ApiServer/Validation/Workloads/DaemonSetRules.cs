using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>DaemonSets. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/daemon-set-v1/</summary>
internal static class DaemonSetRules
{
    private const string Rolling = "spec.updateStrategy.rollingUpdate";

    public static void Validate(V1DaemonSetSpec spec, FieldErrors errors)
    {
        WorkloadRules.ValidateTemplate("DaemonSet", spec.Selector, spec.Template, errors);
        errors.NotNegative("spec.minReadySeconds", spec.MinReadySeconds);
        ValidateStrategy(spec.UpdateStrategy, errors);
        errors.NotNegative("spec.revisionHistoryLimit", spec.RevisionHistoryLimit);
    }

    private static void ValidateStrategy(V1DaemonSetUpdateStrategy strategy, FieldErrors errors)
    {
        switch (strategy.Type)
        {
            case "OnDelete":
                break;
            case "RollingUpdate" when strategy.RollingUpdate is { } rolling:
                ValidateRolling(rolling, errors);
                break;
            case "RollingUpdate":
                errors.Required(Rolling);
                break;
            default:
                errors.NotSupported("spec.updateStrategy.type", strategy.Type, ["OnDelete", "RollingUpdate"]);
                break;
        }
    }

    // One of the two says how a node changes over: the old pod goes first, or the new one comes first.
    private static void ValidateRolling(V1RollingUpdateDaemonSet rolling, FieldErrors errors)
    {
        var unavailable = AmountRules.Validate(rolling.MaxUnavailable, $"{Rolling}.maxUnavailable", errors);
        var surge = AmountRules.Validate(rolling.MaxSurge, $"{Rolling}.maxSurge", errors);
        AmountRules.ValidateShare(rolling.MaxUnavailable, $"{Rolling}.maxUnavailable", errors);
        AmountRules.ValidateShare(rolling.MaxSurge, $"{Rolling}.maxSurge", errors);
        if (unavailable != 0 && surge != 0)
        {
            errors.Invalid($"{Rolling}.maxSurge", rolling.MaxSurge?.Value, "may not be set when maxUnavailable is non-zero");
        }
        else if (unavailable == 0 && surge == 0)
        {
            errors.Required($"{Rolling}.maxUnavailable", "cannot be 0 when maxSurge is 0");
        }
    }
}
