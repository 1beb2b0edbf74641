using k8s.Models;

namespace MiniKube;

/// <summary>Nodes of the API as <c>minikube status</c> shows them.</summary>
internal static class NodeStatuses
{
    /// <param name="node">The node.</param>
    /// <param name="connection">How it is reached; null when nobody knows.</param>
    public static NodeStatus Of(V1Node node, string? connection)
    {
        var ready = node.Status?.Conditions?.FirstOrDefault(static one => one.Type == "Ready");
        var isReady = ready?.Status == "True";
        return new NodeStatus
        {
            Name = node.Metadata.Name,
            State = (isReady ? "Ready" : "NotReady") + (node.Spec?.Unschedulable == true ? ",SchedulingDisabled" : ""),
            Reason = isReady ? null : ready?.Message ?? "it has not told how it is yet",
            Created = node.Metadata.CreationTimestamp is { } created ? new DateTimeOffset(created.ToUniversalTime()) : null,
            Version = node.Status?.NodeInfo?.KubeletVersion,
            InternalIp = node.Status?.Addresses?.FirstOrDefault(static one => one.Type == "InternalIP")?.Address,
            Runtime = node.Status?.NodeInfo?.ContainerRuntimeVersion,
            Connection = connection,
        };
    }
}
