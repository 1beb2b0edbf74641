using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Scheduler;

/// <summary>
/// Even numbers of like pods over the domains of a topology, where the pod insists on it.
/// https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
/// </summary>
internal sealed class PodTopologySpreadFilter : INodeFilter
{
    private static readonly ImmutableArray<Rejection> TooMany =
        [new("node(s) didn't match pod topology spread constraints", IsFinal: false)];

    private static readonly ImmutableArray<Rejection> NoDomain =
        [new("node(s) didn't match pod topology spread constraints (missing required label)")];

    public string Name => "PodTopologySpread";

    public ClusterChanges WokenBy => ClusterChanges.Node | ClusterChanges.PodLeft | ClusterChanges.PodPlaced;

    public NodeCheck? Prepare(PodView pod, ClusterSnapshot cluster)
    {
        var hard = (pod.Pod.Spec.TopologySpreadConstraints ?? [])
            .Where(static one => one.WhenUnsatisfiable == "DoNotSchedule").ToList();
        if (hard.Count == 0)
        {
            return null;
        }

        var keys = hard.Select(static one => one.TopologyKey).ToList();
        var spreads = hard.Select(one => new Spread(one, pod, cluster, keys)).ToList();
        return node => spreads.Select(spread => spread.Check(node)).FirstOrDefault(static found => !found.IsEmpty, []);
    }

    private sealed class Spread
    {
        private readonly V1TopologySpreadConstraint _constraint;
        private readonly Dictionary<string, int> _counts = [];
        private readonly int _own;
        private readonly int _least;

        public Spread(V1TopologySpreadConstraint constraint, PodView pod, ClusterSnapshot cluster, List<string> allKeys)
        {
            _constraint = constraint;
            var like = SelectorOf(constraint, pod);
            _own = like.Matches(pod.Labels) ? 1 : 0;
            var counted = cluster.Nodes
                .Where(node => allKeys.TrueForAll(node.Labels.ContainsKey) && Counts(constraint, pod, node));
            foreach (var node in counted)
            {
                var domain = node.Labels[constraint.TopologyKey];
                _counts[domain] = _counts.GetValueOrDefault(domain) + node.Pods.Count(other => IsLike(other, pod, like));
            }

            var isComplete = _counts.Count >= (constraint.MinDomains ?? 1);
            _least = isComplete ? _counts.Values.DefaultIfEmpty().Min() : 0;
        }

        public ImmutableArray<Rejection> Check(NodeView node)
        {
            if (!node.Labels.TryGetValue(_constraint.TopologyKey, out var domain))
            {
                return NoDomain;
            }

            return _counts.GetValueOrDefault(domain) + _own - _least > _constraint.MaxSkew ? TooMany : [];
        }

        private static bool IsLike(PodView other, PodView pod, LabelSelector like)
            => other.Key.Namespace == pod.Key.Namespace
                && other.Pod.Metadata.DeletionTimestamp is null
                && like.Matches(other.Labels);

        // Nodes the pod could not go to anyway do not count, as the two policies say.
        private static bool Counts(V1TopologySpreadConstraint constraint, PodView pod, NodeView node)
            => (constraint.NodeAffinityPolicy == "Ignore" || NodeRequirements.Of(pod.Pod.Spec)?.Match(node.Name, node.Labels) != false)
                && (constraint.NodeTaintsPolicy != "Honor" || node.Taints.All(taint =>
                    taint.Effect is not ("NoSchedule" or "NoExecute") || Tolerations.Cover(pod.Tolerations, taint)));

        private static LabelSelector SelectorOf(V1TopologySpreadConstraint constraint, PodView pod)
        {
            var selector = LabelSelector.Of(constraint.LabelSelector);
            if (selector is null)
            {
                return new LabelSelector([new LabelRequirement("", SelectorOperator.In, [])]); // Absent selects nothing.
            }

            var same = (constraint.MatchLabelKeys ?? [])
                .Where(pod.Labels.ContainsKey)
                .Select(key => new LabelRequirement(key, SelectorOperator.In, [pod.Labels[key]]));
            return new LabelSelector([.. selector.Requirements, .. same]);
        }
    }
}
