namespace MiniKube.Scheduler;

/// <summary>Nodes with fewer pods of the same owner, so that a node that dies takes few of them along.</summary>
internal sealed class OwnerSpreadScore : INodeScore
{
    public string Name => "OwnerSpread";

    public double Weight => 2;

    public bool TryScore(PodView pod, IReadOnlyList<NodeView> nodes, Span<double> scores)
    {
        if (pod.OwnerUid is null)
        {
            return false;
        }

        var most = 0;
        for (var index = 0; index < nodes.Count; index++)
        {
            var count = CountSiblings(pod.OwnerUid, nodes[index]);
            scores[index] = count;
            most = Math.Max(most, count);
        }

        foreach (ref var score in scores)
        {
            score = most == 0 ? 100 : 100 * (most - score) / most;
        }

        return true;
    }

    private static int CountSiblings(string owner, NodeView node)
    {
        var count = 0;
        foreach (var pod in node.Pods)
        {
            count += pod.OwnerUid == owner ? 1 : 0;
        }

        return count;
    }
}
