using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Scheduler;

/// <summary>
/// Brings what the informers tell into the state and the queue, and wakes the pods that a change may help.
/// </summary>
internal sealed class ClusterFeed(ClusterState state, SchedulingQueue queue, string schedulerName)
{
    public void Follow(Informer<V1Node> nodes, Informer<V1Pod> pods)
    {
        nodes.Subscribe(OnNode);
        pods.Subscribe(OnPod);
    }

    private void OnNode(ObjectKey key, V1Node? old, V1Node? current)
    {
        if (current is null)
        {
            state.RemoveNode(key.Name);
            return;
        }

        if (old is null || MattersForScheduling(old, current))
        {
            state.SetNode(current);
            queue.Wake(ClusterChanges.Node);
        }
    }

    private void OnPod(ObjectKey key, V1Pod? old, V1Pod? current)
    {
        if (old is not null && old.Metadata.Uid != current?.Metadata.Uid)
        {
            OnGone(old); // Deleted, or replaced by another of the same name while we were not looking.
        }

        if (current is null)
        {
            return;
        }

        if (current.Status?.Phase is "Succeeded" or "Failed")
        {
            OnGone(current);
        }
        else if (!string.IsNullOrEmpty(current.Spec.NodeName))
        {
            OnPlaced(old, current);
        }
        else if (IsOurs(current))
        {
            OnWaiting(current);
        }
        else
        {
            queue.Remove(current.Metadata.Uid);
        }
    }

    private void OnGone(V1Pod pod)
    {
        queue.Remove(pod.Metadata.Uid);
        if (state.RemovePod(pod.Metadata.Uid))
        {
            queue.Wake(ClusterChanges.PodLeft);
        }
    }

    private void OnPlaced(V1Pod? old, V1Pod current)
    {
        queue.Remove(current.Metadata.Uid);

        // What a running pod reports about itself changes nothing here.
        var isNews = old is null
            || string.IsNullOrEmpty(old.Spec.NodeName)
            || !ReferenceEquals(old.Spec, current.Spec) && old.Metadata.Generation != current.Metadata.Generation
            || old.Metadata.DeletionTimestamp != current.Metadata.DeletionTimestamp
            || !SameLabels(old.Metadata.Labels, current.Metadata.Labels);
        if (isNews)
        {
            state.SetPod(PodView.Of(current));
            queue.Wake(ClusterChanges.PodPlaced);
        }
    }

    private void OnWaiting(V1Pod pod)
    {
        if (!state.IsPlaced(pod.Metadata.Uid))
        {
            queue.Set(PodView.Of(pod));
        }
    }

    private bool IsOurs(V1Pod pod)
        => pod.Metadata.DeletionTimestamp is null
            && pod.Spec.SchedulingGates is not { Count: > 0 }
            && (string.IsNullOrEmpty(pod.Spec.SchedulerName) || pod.Spec.SchedulerName == schedulerName);

    // Heartbeats and images come often and help nobody.
    private static bool MattersForScheduling(V1Node old, V1Node current)
    {
        var before = NodeView.Of(old, []);
        var after = NodeView.Of(current, []);
        return before.IsUnschedulable != after.IsUnschedulable
            || before.PodsMax != after.PodsMax
            || !SameAmounts(before.Allocatable, after.Allocatable)
            || !SameLabels(old.Metadata.Labels, current.Metadata.Labels)
            || !before.Taints.Select(Text).SequenceEqual(after.Taints.Select(Text));
    }

    private static bool SameAmounts(ResourceAmounts left, ResourceAmounts right)
        => left.Cpu == right.Cpu
            && left.Memory == right.Memory
            && left.EphemeralStorage == right.EphemeralStorage
            && left.Extended.OrderBy(static one => one.Key).SequenceEqual(right.Extended.OrderBy(static one => one.Key));

    private static bool SameLabels(IDictionary<string, string>? left, IDictionary<string, string>? right)
        => (left?.Count ?? 0) == (right?.Count ?? 0)
            && (left ?? new Dictionary<string, string>())
                .All(label => right!.TryGetValue(label.Key, out var value) && value == label.Value);

    private static string Text(V1Taint taint) => $"{taint.Key}={taint.Value}:{taint.Effect}";
}
