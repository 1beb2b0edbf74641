using MiniKube.Client;

namespace MiniKube.Scheduler;

/// <summary>Nodes with fewer <c>PreferNoSchedule</c> taints that the pod does not tolerate.</summary>
internal sealed class TaintTolerationScore : INodeScore
{
    public string Name => "TaintToleration";

    public double Weight => 3;

    public bool TryScore(PodView pod, IReadOnlyList<NodeView> nodes, Span<double> scores)
    {
        var most = 0.0;
        for (var index = 0; index < nodes.Count; index++)
        {
            scores[index] = nodes[index].Taints.Count(taint =>
                taint.Effect == "PreferNoSchedule" && !Tolerations.Cover(pod.Tolerations, taint));
            most = Math.Max(most, scores[index]);
        }

        foreach (ref var score in scores)
        {
            score = most == 0 ? 100 : 100 * (most - score) / most;
        }

        return most > 0;
    }
}

/// <summary>Nodes that more of the pod's preferred node affinity matches.</summary>
internal sealed class NodeAffinityScore : INodeScore
{
    public string Name => "NodeAffinity";

    public double Weight => 2;

    public bool TryScore(PodView pod, IReadOnlyList<NodeView> nodes, Span<double> scores)
    {
        var preferred = pod.Pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution;
        if (preferred is not { Count: > 0 })
        {
            return false;
        }

        var terms = preferred.Select(static one => (one.Weight, Term: NodeTerm.Of(one.Preference))).ToList();
        var most = 0.0;
        for (var index = 0; index < nodes.Count; index++)
        {
            var node = nodes[index];
            scores[index] = terms.Where(one => one.Term.Matches(node.Name, node.Labels)).Sum(static one => one.Weight);
            most = Math.Max(most, scores[index]);
        }

        foreach (ref var score in scores)
        {
            score = most == 0 ? 0 : 100 * score / most;
        }

        return most > 0;
    }
}
