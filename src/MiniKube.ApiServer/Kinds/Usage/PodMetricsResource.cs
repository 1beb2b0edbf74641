using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What <c>kubectl top pods</c> shows.</summary>
internal sealed class PodMetricsResource : MeasuredDefinition<V1beta1PodMetrics>
{
    public PodMetricsResource()
        : base("pods", Scope.Namespaced, "PodMetrics")
    {
        Column("cpu", item => UsageTexts.Sum(item.Containers, "cpu"));
        Column("memory", item => UsageTexts.Sum(item.Containers, "memory"));
        Column("window", item => item.Window ?? "");
    }

    public override async Task<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> MeasureAsync(
        UsageMeter meter, string space, string name, CancellationToken cancellationToken)
    {
        var pods = meter.Pods(space).Where(pod => name.Length == 0 || pod.Metadata.Name == name).ToList();
        var windows = await meter.ReadAsync(pods.Select(static pod => pod.Spec.NodeName).Distinct(), cancellationToken);
        return
        [
            .. from pod in pods
               let window = windows.GetValueOrDefault(pod.Spec.NodeName)
               let containers = window?.Pods.GetValueOrDefault(new ObjectKey(pod.Metadata.NamespaceProperty, pod.Metadata.Name))
               where containers is not null
               select new V1beta1PodMetrics
               {
                   ApiVersion = Gvk.ApiVersion,
                   Kind = Gvk.Kind,
                   Metadata = UsageTexts.Metadata(pod.Metadata, window.End),
                   Timestamp = window.End.UtcDateTime,
                   Window = UsageTexts.Window(window.Length),
                   Containers =
                   [
                       .. containers.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => new ContainerMetrics
                       {
                           Name = one.Key,
                           Usage = UsageTexts.Usage(one.Value),
                       }),
                   ],
               },
        ];
    }
}
