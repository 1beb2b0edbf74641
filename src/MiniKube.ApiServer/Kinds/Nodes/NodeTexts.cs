using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>How <c>kubectl get nodes</c> words a node.</summary>
internal static class NodeTexts
{
    private const string RoleLabelPrefix = "node-role.kubernetes.io/";
    private const string RoleLabel = "kubernetes.io/role";

    /// <summary><c>Ready</c>, <c>NotReady</c> or <c>Unknown</c>, and <c>SchedulingDisabled</c> when cordoned.</summary>
    public static string Status(V1Node node)
    {
        var ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        var text = ready?.Status switch
        {
            null => "Unknown",
            "True" => "Ready",
            _ => "NotReady",
        };
        return node.Spec?.Unschedulable == true ? $"{text},SchedulingDisabled" : text;
    }

    /// <summary>The roles that labels give the node.</summary>
    public static string? Roles(V1Node node)
    {
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in node.Metadata.Labels ?? new Dictionary<string, string>())
        {
            if (key.StartsWith(RoleLabelPrefix, StringComparison.Ordinal) && key.Length > RoleLabelPrefix.Length)
            {
                roles.Add(key[RoleLabelPrefix.Length..]);
            }
            else if (key == RoleLabel && value.Length > 0)
            {
                roles.Add(value);
            }
        }

        return roles.Count == 0 ? null : string.Join(",", roles);
    }

    /// <summary>The first address of a type.</summary>
    public static string? Address(V1Node node, string type)
        => node.Status?.Addresses?.FirstOrDefault(address => address.Type == type)?.Address;

    public static string OrUnknown(string? text) => string.IsNullOrEmpty(text) ? "<unknown>" : text;
}
