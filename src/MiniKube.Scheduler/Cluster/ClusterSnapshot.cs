using System.Collections.Immutable;

namespace MiniKube.Scheduler;

/// <summary>The cluster at one moment, for one decision.</summary>
/// <param name="Nodes">Every node there is.</param>
/// <param name="NamespaceLabels">The labels of a namespace, or null when it is not known.</param>
internal sealed record ClusterSnapshot(
    ImmutableArray<NodeView> Nodes, Func<string, IDictionary<string, string>?> NamespaceLabels);
