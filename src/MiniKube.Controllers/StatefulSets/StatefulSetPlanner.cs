using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>A pod to be made.</summary>
/// <param name="Ordinal">Its number.</param>
/// <param name="OfCurrent">True when it is still made of the revision before the update.</param>
internal readonly record struct NewStatefulPod(int Ordinal, bool OfCurrent);

/// <summary>What a stateful set does now.</summary>
internal sealed record StatefulSetPlan(ImmutableArray<NewStatefulPod> Create, ImmutableArray<V1Pod> Delete)
{
    public static StatefulSetPlan Nothing { get; } = new([], []);
}

/// <summary>
/// Decides the next step of a stateful set. With <c>OrderedReady</c> that is at most one pod, and none while a pod before
/// it is not ready; with <c>Parallel</c> all that are missing or too many at once. A pod is never made while another has
/// its name, terminating or not: there are never two of one number.
/// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees
/// </summary>
internal static class StatefulSetPlanner
{
    /// <param name="set">The set.</param>
    /// <param name="pods">Its pods, all with numbers.</param>
    /// <param name="update">Name of the revision of the present template.</param>
    /// <param name="now">The present time.</param>
    public static StatefulSetPlan Plan(V1StatefulSet set, IReadOnlyCollection<V1Pod> pods, string update, DateTimeOffset now)
    {
        var view = new View(set, pods, now);
        return view.KeepReplicas() ?? view.Shrink() ?? view.Update(update);
    }

    private sealed class View
    {
        private readonly V1StatefulSet _set;
        private readonly DateTimeOffset _now;
        private readonly bool _isOrdered;
        private readonly int _start;
        private readonly V1Pod?[] _replicas;
        private readonly ImmutableArray<V1Pod> _surplus;

        public View(V1StatefulSet set, IReadOnlyCollection<V1Pod> pods, DateTimeOffset now)
        {
            _set = set;
            _now = now;
            _isOrdered = set.Spec.PodManagementPolicy != "Parallel";
            _start = StatefulPods.StartOf(set);
            _replicas = new V1Pod?[set.Spec.Replicas ?? 1];
            foreach (var pod in pods.Where(IsReplica))
            {
                _replicas[IndexOf(pod)] = pod;
            }

            _surplus = [.. pods.Where(pod => !IsReplica(pod)).OrderByDescending(pod => StatefulPods.OrdinalOf(set, pod))];
        }

        /// <summary>Makes what is missing and replaces what has ended; null when that is no reason to wait.</summary>
        public StatefulSetPlan? KeepReplicas()
        {
            List<NewStatefulPod> create = [];
            List<V1Pod> delete = [];
            for (var index = 0; index < _replicas.Length; index++)
            {
                if (_replicas[index] is not { } pod)
                {
                    create.Add(new NewStatefulPod(_start + index, OfCurrent: index < Partition));
                }
                else if (pod.IsFinished())
                {
                    delete.Add(pod);
                }
                else if (!_isOrdered || IsHealthy(pod))
                {
                    continue;
                }

                if (_isOrdered)
                {
                    return Plan(create, delete);
                }
            }

            return create.Count + delete.Count > 0 ? Plan(create, delete) : null;
        }

        /// <summary>Removes pods beyond the number, highest first; null when there are none to wait for.</summary>
        public StatefulSetPlan? Shrink()
        {
            if (_surplus.IsEmpty)
            {
                return null;
            }

            if (!_isOrdered)
            {
                return Plan([], [.. _surplus.Where(static pod => !pod.IsDeleting())]);
            }

            // One that is unhealthy may go, but none while another one is: first the numbers above it, or it, are repaired.
            var highest = _surplus[0];
            var unhealthy = _replicas.Concat(_surplus.Reverse()).FirstOrDefault(pod => pod is null || !IsHealthy(pod));
            return highest.IsDeleting() || (unhealthy is not null && !IsHealthy(highest) && unhealthy != highest)
                ? StatefulSetPlan.Nothing
                : Plan([], [highest]);
        }

        /// <summary>Ends the highest pod of an earlier template, once all above it are healthy.</summary>
        public StatefulSetPlan Update(string update)
        {
            if (_set.Spec.UpdateStrategy?.Type == "OnDelete")
            {
                return StatefulSetPlan.Nothing;
            }

            for (var index = _replicas.Length - 1; index >= Partition; index--)
            {
                if (_replicas[index] is not { } pod || pod.IsDeleting())
                {
                    return StatefulSetPlan.Nothing;
                }

                if (StatefulPods.RevisionOf(pod) != update)
                {
                    return Plan([], [pod]);
                }

                if (!IsHealthy(pod))
                {
                    return StatefulSetPlan.Nothing;
                }
            }

            return StatefulSetPlan.Nothing;
        }

        // Numbers below it keep the revision before the update, also when their pods have to be made anew.
        private int Partition => _set.Spec.UpdateStrategy is { Type: null or "RollingUpdate", RollingUpdate: { } rolling }
            ? rolling.Partition ?? 0
            : 0;

        private bool IsReplica(V1Pod pod) => IndexOf(pod) is >= 0 and var index && index < _replicas.Length;

        private int IndexOf(V1Pod pod) => (StatefulPods.OrdinalOf(_set, pod) ?? -1) - _start;

        private bool IsHealthy(V1Pod pod)
            => !pod.IsDeleting()
                && pod.Status?.Phase == "Running"
                && pod.IsAvailable(_set.Spec.MinReadySeconds ?? 0, _now);

        private static StatefulSetPlan Plan(IEnumerable<NewStatefulPod> create, IEnumerable<V1Pod> delete)
            => new([.. create], [.. delete.Where(static pod => !pod.IsDeleting())]);
    }
}
