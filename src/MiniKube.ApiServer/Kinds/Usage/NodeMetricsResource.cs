using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What <c>kubectl top nodes</c> shows.</summary>
internal sealed class NodeMetricsResource : MeasuredDefinition<V1beta1NodeMetrics>
{
    public NodeMetricsResource()
        : base("nodes", Scope.Cluster, "NodeMetrics")
    {
        Column("cpu", item => UsageTexts.Of(item.Usage, "cpu"));
        Column("memory", item => UsageTexts.Of(item.Usage, "memory"));
        Column("window", item => item.Window ?? "");
    }

    public override async Task<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> MeasureAsync(
        UsageMeter meter, string space, string name, CancellationToken cancellationToken)
    {
        var nodes = meter.Nodes().Where(node => name.Length == 0 || node.Metadata.Name == name).ToList();
        var windows = await meter.ReadAsync(nodes.Select(static node => node.Metadata.Name), cancellationToken);
        return
        [
            .. from node in nodes
               let window = windows.GetValueOrDefault(node.Metadata.Name)
               where window is not null
               select new V1beta1NodeMetrics
               {
                   ApiVersion = Gvk.ApiVersion,
                   Kind = Gvk.Kind,
                   Metadata = UsageTexts.Metadata(node.Metadata, window.End),
                   Timestamp = window.End.UtcDateTime,
                   Window = UsageTexts.Window(window.Length),
                   Usage = UsageTexts.Usage(window.Node),
               },
        ];
    }
}
