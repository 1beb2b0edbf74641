using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.Scheduler;

/// <summary>A node and the pods on it, those just placed included. Immutable: every change makes a new one.</summary>
internal sealed record NodeView
{
    public required string Name { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public ImmutableArray<V1Taint> Taints { get; init; } = [];

    public bool IsUnschedulable { get; init; }

    public ResourceAmounts Allocatable { get; init; } = ResourceAmounts.Zero;

    public int PodsMax { get; init; }

    public ImmutableArray<PodView> Pods { get; init; } = [];

    /// <summary>Those of the pods that keep others away.</summary>
    public ImmutableArray<PodView> Avoiding { get; init; } = [];

    public ResourceAmounts Requested { get; init; } = ResourceAmounts.Zero;

    public ResourceAmounts UsualRequested { get; init; } = ResourceAmounts.Zero;

    public static NodeView Of(V1Node node, ImmutableArray<PodView> pods)
        => new NodeView
        {
            Name = node.Metadata.Name,
            Labels = PodView.LabelsOf(node.Metadata.Labels),
            Taints = [.. node.Spec?.Taints ?? []],
            IsUnschedulable = node.Spec?.Unschedulable == true,
            Allocatable = ResourceAmounts.Of(node.Status?.Allocatable),
            PodsMax = node.Status?.Allocatable?.TryGetValue("pods", out var most) == true ? most.ToInt32() : 0,
        }.WithPods(pods);

    public NodeView With(PodView pod) => this with
    {
        Pods = Pods.Add(pod),
        Avoiding = pod.AntiAffinity.Count > 0 ? Avoiding.Add(pod) : Avoiding,
        Requested = Requested + pod.Requests,
        UsualRequested = UsualRequested + pod.UsualRequests,
    };

    public NodeView Without(PodView pod) => this with
    {
        Pods = Pods.RemoveAll(one => one.Uid == pod.Uid),
        Avoiding = Avoiding.IsEmpty ? Avoiding : Avoiding.RemoveAll(one => one.Uid == pod.Uid),
        Requested = Requested - pod.Requests,
        UsualRequested = UsualRequested - pod.UsualRequests,
    };

    private NodeView WithPods(ImmutableArray<PodView> pods) => this with
    {
        Pods = pods,
        Avoiding = [.. pods.Where(static pod => pod.AntiAffinity.Count > 0)],
        Requested = pods.Aggregate(ResourceAmounts.Zero, static (sum, pod) => sum + pod.Requests),
        UsualRequested = pods.Aggregate(ResourceAmounts.Zero, static (sum, pod) => sum + pod.UsualRequests),
    };
}
