using System.Collections.Immutable;

namespace MiniKube.Scheduler;

/// <summary>
/// Chooses the node for a pod: the filters say which nodes will do, the scores which is best, chance decides between
/// equals. No I/O. Not thread-safe: it remembers where the last search ended.
/// </summary>
internal sealed class PodPlacer(ImmutableArray<INodeFilter> filters, ImmutableArray<INodeScore> scores, Random random)
{
    // In large clusters a good node is enough: as kube-scheduler, of more than a hundred nodes a falling part is
    // compared.
    private const int ComparedMin = 100;
    private const int PartMin = 5;

    private int _start;

    public Placement Place(PodView pod, ClusterSnapshot cluster)
    {
        var nodes = cluster.Nodes;
        if (nodes.IsEmpty)
        {
            return new Placement.Nowhere(RejectionMessage.NoNodes, ClusterChanges.Node);
        }

        List<NodeRejection> rejections = [];
        var suitable = FindSuitable(pod, cluster, rejections);
        if (suitable.Count == 0)
        {
            var wokenBy = rejections.Aggregate(ClusterChanges.None, static (all, one) => all | one.Filter.WokenBy);
            return new Placement.Nowhere(RejectionMessage.Of(pod, rejections), wokenBy);
        }

        return new Placement.On(Best(pod, suitable).Name);
    }

    /// <summary>How many suitable nodes are worth comparing among so many.</summary>
    internal static int ComparedOf(int nodes)
    {
        if (nodes < ComparedMin)
        {
            return nodes;
        }

        var part = Math.Max(PartMin, 50 - (nodes / 125));
        return Math.Max(ComparedMin, nodes * part / 100);
    }

    private List<NodeView> FindSuitable(PodView pod, ClusterSnapshot cluster, List<NodeRejection> rejections)
    {
        var checks = filters
            .Select(filter => (Filter: filter, Check: filter.Prepare(pod, cluster)))
            .Where(static one => one.Check is not null)
            .ToArray();
        var nodes = cluster.Nodes;
        var wanted = ComparedOf(nodes.Length);
        List<NodeView> suitable = new(wanted);
        var tried = 0;
        for (; tried < nodes.Length && suitable.Count < wanted; tried++)
        {
            var node = nodes[(_start + tried) % nodes.Length];
            if (Reject(checks, node) is { } rejection)
            {
                rejections.Add(rejection);
            }
            else
            {
                suitable.Add(node);
            }
        }

        // The next search goes on where this one ended, so that all nodes get their turn.
        _start = (_start + tried) % nodes.Length;
        return suitable;
    }

    private static NodeRejection? Reject((INodeFilter Filter, NodeCheck? Check)[] checks, NodeView node)
    {
        foreach (var (filter, check) in checks)
        {
            if (check!(node) is { Count: > 0 } reasons)
            {
                return new NodeRejection(filter, [.. reasons]);
            }
        }

        return null;
    }

    private NodeView Best(PodView pod, List<NodeView> nodes)
    {
        if (nodes.Count == 1)
        {
            return nodes[0];
        }

        var totals = new double[nodes.Count];
        var one = new double[nodes.Count];
        foreach (var score in scores)
        {
            if (score.TryScore(pod, nodes, one))
            {
                for (var index = 0; index < totals.Length; index++)
                {
                    totals[index] += score.Weight * one[index];
                }
            }
        }

        return nodes[AnyMaximum(totals)];
    }

    // Each of the equally best has the same chance without a second pass.
    private int AnyMaximum(double[] totals)
    {
        var best = 0;
        var equals = 1;
        for (var index = 1; index < totals.Length; index++)
        {
            if (totals[index] > totals[best])
            {
                best = index;
                equals = 1;
            }
            else if (totals[index] == totals[best] && random.Next(++equals) == 0)
            {
                best = index;
            }
        }

        return best;
    }
}
