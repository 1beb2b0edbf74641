using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Nodes: taints are unique, and what identifies a node's network and machine is set once.</summary>
internal static class NodeRules
{
    public static void Validate(V1Node node, FieldErrors errors)
    {
        var cidrs = node.Spec.PodCIDRs ?? [];
        for (var index = 0; index < cidrs.Count; index++)
        {
            errors.Invalid($"spec.podCIDRs[{index}]", cidrs[index], Names.CheckCidr(cidrs[index]));
        }

        if (cidrs.Count > 0 && cidrs[0] != node.Spec.PodCIDR)
        {
            errors.Invalid("spec.podCIDRs[0]", cidrs[0], "must be the same as podCIDR");
        }

        ValidateTaints(node.Spec.Taints ?? [], errors);
    }

    public static void ValidateUpdate(V1Node node, V1Node old, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(old.Spec.PodCIDR) && node.Spec.PodCIDR != old.Spec.PodCIDR)
        {
            errors.Forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid");
        }

        if (!string.IsNullOrEmpty(old.Spec.ProviderID) && node.Spec.ProviderID != old.Spec.ProviderID)
        {
            errors.Forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid");
        }
    }

    private static void ValidateTaints(IList<V1Taint> taints, FieldErrors errors)
    {
        var seen = new HashSet<(string?, string?)>();
        for (var index = 0; index < taints.Count; index++)
        {
            var (taint, path) = (taints[index], $"metadata.taints[{index}]");
            errors.Invalid($"{path}.key", taint.Key ?? "", Names.CheckQualifiedName(taint.Key ?? ""));
            errors.Invalid($"{path}.value", taint.Value ?? "", Names.CheckLabelValue(taint.Value ?? ""));
            errors.OneOf($"{path}.effect", taint.Effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
            if (!seen.Add((taint.Key, taint.Effect)))
            {
                errors.Duplicate(path, $"{taint.Key}:{taint.Effect}");
            }
        }
    }
}
