using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Deployments. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/</summary>
internal static class DeploymentRules
{
    public static void Validate(V1DeploymentSpec spec, FieldErrors errors)
    {
        errors.NotNegative("spec.replicas", spec.Replicas);
        WorkloadRules.ValidateTemplate("Deployment", spec.Selector, spec.Template, errors);
        ValidateStrategy(spec.Strategy, errors);
        errors.NotNegative("spec.minReadySeconds", spec.MinReadySeconds);
        errors.NotNegative("spec.revisionHistoryLimit", spec.RevisionHistoryLimit);
        errors.NotNegative("spec.progressDeadlineSeconds", spec.ProgressDeadlineSeconds);
        if (spec.ProgressDeadlineSeconds <= (spec.MinReadySeconds ?? 0))
        {
            errors.Invalid("spec.progressDeadlineSeconds", spec.ProgressDeadlineSeconds, "must be greater than minReadySeconds");
        }
    }

    private static void ValidateStrategy(V1DeploymentStrategy strategy, FieldErrors errors)
    {
        switch (strategy.Type)
        {
            case "Recreate" when strategy.RollingUpdate is not null:
                errors.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
                break;
            case "Recreate":
                break;
            case "RollingUpdate" when strategy.RollingUpdate is { } rolling:
                ValidateRolling(rolling, errors);
                break;
            default:
                errors.NotSupported("spec.strategy.type", strategy.Type, ["Recreate", "RollingUpdate"]);
                break;
        }
    }

    private static void ValidateRolling(V1RollingUpdateDeployment rolling, FieldErrors errors)
    {
        const string unavailablePath = "spec.strategy.rollingUpdate.maxUnavailable";
        var surge = AmountRules.Validate(rolling.MaxSurge, "spec.strategy.rollingUpdate.maxSurge", errors);
        var unavailable = AmountRules.Validate(rolling.MaxUnavailable, unavailablePath, errors);
        if (surge == 0 && unavailable == 0)
        {
            errors.Invalid(unavailablePath, rolling.MaxUnavailable.Value, "may not be 0 when `maxSurge` is 0");
        }

        AmountRules.ValidateShare(rolling.MaxUnavailable, unavailablePath, errors);
    }
}
