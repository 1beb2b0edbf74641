namespace MiniKube.Scheduler;

/// <summary>Taints that keep pods away. The first one not tolerated is the reason.</summary>
internal sealed class TaintTolerationFilter : INodeFilter
{
    public string Name => "TaintToleration";

    public ClusterChanges WokenBy => ClusterChanges.Node;

    public NodeCheck? Prepare(PodView pod, ClusterSnapshot cluster) => node =>
    {
        foreach (var taint in node.Taints)
        {
            if (taint.Effect is "NoSchedule" or "NoExecute" && !Tolerations.Cover(pod.Tolerations, taint))
            {
                return [new Rejection($"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}")];
            }
        }

        return [];
    };
}
