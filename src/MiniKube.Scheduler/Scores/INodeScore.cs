namespace MiniKube.Scheduler;

/// <summary>One idea of which of the suitable nodes are better. Pure.</summary>
internal interface INodeScore
{
    /// <summary>The name used in configuration and logs.</summary>
    string Name { get; }

    /// <summary>How much it counts against the others.</summary>
    double Weight { get; }

    /// <summary>
    /// Writes 0 (worst) to 100 (best) for each node. False when the pod does not care; then nothing was written.
    /// </summary>
    bool TryScore(PodView pod, IReadOnlyList<NodeView> nodes, Span<double> scores);
}
