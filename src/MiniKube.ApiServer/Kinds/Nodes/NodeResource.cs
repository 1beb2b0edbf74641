using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class NodeResource : ResourceDefinition<V1Node>
{
    public NodeResource()
        : base(Gvr.Core("v1", "nodes"), Scope.Cluster, "Node")
    {
        ShortNames = ["no"];
        HasStatus = true;
        Subresources = [SubresourceDefinition.Proxy("NodeProxyOptions")];
        Column("Status", NodeTexts.Status);
        Column("Roles", NodeTexts.Roles);
        Column("Age", (node, now) => ColumnText.Since(node.Metadata.CreationTimestamp, now));
        Column("Version", node => node.Status?.NodeInfo?.KubeletVersion ?? "");
        Column("Internal-IP", node => NodeTexts.Address(node, "InternalIP"), wide: true);
        Column("External-IP", node => NodeTexts.Address(node, "ExternalIP"), wide: true);
        Column("OS-Image", node => NodeTexts.OrUnknown(node.Status?.NodeInfo?.OsImage), wide: true);
        Column("Kernel-Version", node => NodeTexts.OrUnknown(node.Status?.NodeInfo?.KernelVersion), wide: true);
        Column("Container-Runtime", node => NodeTexts.OrUnknown(node.Status?.NodeInfo?.ContainerRuntimeVersion), wide: true);
        Field("spec.unschedulable", node => node.Spec?.Unschedulable == true ? "true" : "false");
    }

    protected override void ApplyDefaults(V1Node node)
    {
        node.Spec ??= new V1NodeSpec();
        if (!string.IsNullOrEmpty(node.Spec.PodCIDR) && node.Spec.PodCIDRs is not { Count: > 0 })
        {
            node.Spec.PodCIDRs = [node.Spec.PodCIDR];
        }

        if (node.Status is { Allocatable: null, Capacity: { } capacity })
        {
            node.Status.Allocatable = new Dictionary<string, ResourceQuantity>(capacity);
        }
    }

    protected override void PrepareForUpdate(V1Node node, V1Node old) => node.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1Node node, V1Node old) => node.Spec = old.Spec;

    protected override void Validate(V1Node node, FieldErrors errors) => NodeRules.Validate(node, errors);

    protected override void ValidateUpdate(V1Node node, V1Node old, FieldErrors errors)
        => NodeRules.ValidateUpdate(node, old, errors);
}
