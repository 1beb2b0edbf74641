using System.Globalization;
using System.Net;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Node;

/// <summary>What the agent has to say about its node at one moment.</summary>
internal sealed record NodeReport(
    MachineFacts Machine, string RuntimeVersion, IReadOnlyList<V1ContainerImage> Images, bool IsReady, string Problem);

/// <summary>
/// The Node object as the agent makes and keeps it. Pure. What users and other parts of the cluster have put there stays: labels,
/// annotations, taints and conditions that are not the agent's own.
/// </summary>
internal static class NodeObject
{
    public static V1Node New(NodeOptions options, NodeReport report, DateTimeOffset now)
    {
        var node = new V1Node
        {
            ApiVersion = "v1",
            Kind = "Node",
            Metadata = new V1ObjectMeta { Name = options.NodeName },
            Spec = new V1NodeSpec { Taints = options.Taints.Count > 0 ? [.. options.Taints] : null },
        };
        ApplyLabels(node, options, report.Machine);
        node.Status = StatusOf(options, report, new V1NodeStatus(), now);
        return node;
    }

    /// <summary>Puts the agent's labels on a copy of the node. False when they were there.</summary>
    public static bool ApplyLabels(V1Node node, NodeOptions options, MachineFacts machine)
    {
        node.Metadata.Labels ??= new Dictionary<string, string>();
        var changed = false;
        foreach (var (name, value) in LabelsOf(options, machine))
        {
            changed |= !node.Metadata.Labels.TryGetValue(name, out var old) || old != value;
            node.Metadata.Labels[name] = value;
        }

        return changed;
    }

    /// <summary>The agent's status over what is there.</summary>
    public static V1NodeStatus StatusOf(NodeOptions options, NodeReport report, V1NodeStatus before, DateTimeOffset now)
    {
        var capacity = CapacityOf(options, report.Machine.Resources);
        return before with
        {
            Capacity = capacity,
            Allocatable = capacity,
            Addresses =
            [
                new V1NodeAddress { Type = "InternalIP", Address = options.NodeIp.ToString() },
                new V1NodeAddress { Type = "Hostname", Address = options.NodeName },
            ],
            NodeInfo = report.Machine.ToNodeInfo(options, report.RuntimeVersion),
            DaemonEndpoints = new V1NodeDaemonEndpoints
            {
                KubeletEndpoint = new V1DaemonEndpoint { Port = options.KubeletPort },
            },
            Images = [.. report.Images],
            Conditions = NodeConditions.Of(report, before.Conditions ?? [], now),
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> LabelsOf(NodeOptions options, MachineFacts machine)
    {
        yield return new("kubernetes.io/hostname", options.NodeName);
        yield return new("kubernetes.io/os", "linux");
        yield return new("kubernetes.io/arch", machine.Architecture);
        yield return new("beta.kubernetes.io/os", "linux");
        yield return new("beta.kubernetes.io/arch", machine.Architecture);
        if (options.IsControlPlane)
        {
            yield return new("node-role.kubernetes.io/control-plane", "");
        }

        foreach (var label in options.Labels)
        {
            yield return label;
        }
    }

    private static Dictionary<string, ResourceQuantity> CapacityOf(NodeOptions options, NodeResources resources) => new()
    {
        ["cpu"] = new ResourceQuantity(string.Create(CultureInfo.InvariantCulture, $"{resources.CpuMillis}m")),
        ["memory"] = new ResourceQuantity(string.Create(CultureInfo.InvariantCulture, $"{resources.MemoryBytes / 1024}Ki")),
        ["ephemeral-storage"] = new ResourceQuantity(
            string.Create(CultureInfo.InvariantCulture, $"{resources.EphemeralStorageBytes / 1024}Ki")),
        ["pods"] = new ResourceQuantity(options.MaxPods.ToString(CultureInfo.InvariantCulture)),
    };
}
