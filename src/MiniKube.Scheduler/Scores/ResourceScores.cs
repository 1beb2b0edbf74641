namespace MiniKube.Scheduler;

/// <summary>Nodes with more room left.</summary>
internal sealed class LeastAllocatedScore : INodeScore
{
    public string Name => "NodeResourcesFit";

    public double Weight => 1;

    public bool TryScore(PodView pod, IReadOnlyList<NodeView> nodes, Span<double> scores)
    {
        for (var index = 0; index < nodes.Count; index++)
        {
            var used = ResourceUse.Of(pod, nodes[index]);
            scores[index] = 100 * (1 - ((used.Cpu + used.Memory) / 2));
        }

        return true;
    }
}

/// <summary>Nodes where CPU and memory run out together and neither is left over.</summary>
internal sealed class BalancedAllocationScore : INodeScore
{
    public string Name => "NodeResourcesBalancedAllocation";

    public double Weight => 1;

    public bool TryScore(PodView pod, IReadOnlyList<NodeView> nodes, Span<double> scores)
    {
        for (var index = 0; index < nodes.Count; index++)
        {
            // The standard deviation of two values is half their distance.
            var used = ResourceUse.Of(pod, nodes[index]);
            scores[index] = 100 * (1 - (Math.Abs(used.Cpu - used.Memory) / 2));
        }

        return true;
    }
}

/// <summary>Which parts of a node would be in use with the pod on it, 0 to 1.</summary>
internal readonly record struct ResourceUse(double Cpu, double Memory)
{
    public static ResourceUse Of(PodView pod, NodeView node) => new(
        Part(node.UsualRequested.Cpu.Value + pod.UsualRequests.Cpu.Value, node.Allocatable.Cpu.Value),
        Part(node.UsualRequested.Memory.Value + pod.UsualRequests.Memory.Value, node.Allocatable.Memory.Value));

    private static double Part(long used, long allocatable) => allocatable <= 0 ? 1 : Math.Min(1, (double)used / allocatable);
}
