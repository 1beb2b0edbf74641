using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>StatefulSets. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/</summary>
internal static class StatefulSetRules
{
    private const string Mutable = "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
        + "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'";

    public static void Validate(V1StatefulSetSpec spec, FieldErrors errors)
    {
        ValidateManagement(spec.PodManagementPolicy, errors);
        ValidateStrategy(spec.UpdateStrategy, errors);
        ValidateRetention(spec.PersistentVolumeClaimRetentionPolicy, errors);
        errors.NotNegative("spec.replicas", spec.Replicas);
        errors.NotNegative("spec.minReadySeconds", spec.MinReadySeconds);
        errors.NotNegative("spec.ordinals.start", spec.Ordinals?.Start);
        errors.NotNegative("spec.revisionHistoryLimit", spec.RevisionHistoryLimit);
        WorkloadRules.ValidateTemplate("StatefulSet", spec.Selector, spec.Template, errors);
        if (spec.VolumeClaimTemplates is { Count: > 0 })
        {
            errors.Forbidden(
                "spec.volumeClaimTemplates",
                "nothing provides persistent volumes on this server yet; use an emptyDir or hostPath volume in the template");
        }
    }

    public static void ValidateUpdate(V1StatefulSetSpec spec, V1StatefulSetSpec old, FieldErrors errors)
    {
        var comparable = old with
        {
            Replicas = spec.Replicas,
            Ordinals = spec.Ordinals,
            Template = spec.Template,
            UpdateStrategy = spec.UpdateStrategy,
            RevisionHistoryLimit = spec.RevisionHistoryLimit,
            PersistentVolumeClaimRetentionPolicy = spec.PersistentVolumeClaimRetentionPolicy,
            MinReadySeconds = spec.MinReadySeconds,
        };
        if (!JsonChanges.AreEqual(new V1StatefulSet { Spec = comparable }, new V1StatefulSet { Spec = spec }))
        {
            errors.Forbidden("spec", $"updates to statefulset spec for fields other than {Mutable} are forbidden");
        }
    }

    private static void ValidateManagement(string? policy, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(policy))
        {
            errors.Required("spec.podManagementPolicy");
        }
        else if (policy is not ("OrderedReady" or "Parallel"))
        {
            errors.Invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'");
        }
    }

    private static void ValidateStrategy(V1StatefulSetUpdateStrategy strategy, FieldErrors errors)
    {
        switch (strategy.Type)
        {
            case "OnDelete" when strategy.RollingUpdate is not null:
                errors.Invalid(
                    "spec.updateStrategy.rollingUpdate",
                    strategy.RollingUpdate.Partition,
                    "only allowed for updateStrategy 'RollingUpdate'");
                break;
            case "OnDelete":
                break;
            case "RollingUpdate":
                ValidateRolling(strategy.RollingUpdate, errors);
                break;
            default:
                errors.Invalid("spec.updateStrategy", strategy.Type, "must be 'RollingUpdate' or 'OnDelete'");
                break;
        }
    }

    private static void ValidateRolling(V1RollingUpdateStatefulSetStrategy? rolling, FieldErrors errors)
    {
        errors.NotNegative("spec.updateStrategy.rollingUpdate.partition", rolling?.Partition);
        if (rolling?.MaxUnavailable is { } most)
        {
            const string path = "spec.updateStrategy.rollingUpdate.maxUnavailable";
            var amount = AmountRules.Validate(most, path, errors);
            AmountRules.ValidateShare(most, path, errors);
            if (amount == 0)
            {
                errors.Invalid(path, most.Value, "cannot be 0");
            }
        }
    }

    private static void ValidateRetention(V1StatefulSetPersistentVolumeClaimRetentionPolicy? policy, FieldErrors errors)
    {
        const string path = "spec.persistentVolumeClaimRetentionPolicy";
        if (policy is not null)
        {
            errors.OneOf($"{path}.whenDeleted", policy.WhenDeleted, "Retain", "Delete");
            errors.OneOf($"{path}.whenScaled", policy.WhenScaled, "Retain", "Delete");
        }
    }
}
