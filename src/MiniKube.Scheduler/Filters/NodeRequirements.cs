using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Scheduler;

/// <summary>
/// What a pod requires of its node's labels: all of its node selector and any one term of its required node affinity.
/// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
/// </summary>
internal sealed class NodeRequirements
{
    private readonly LabelSelector _selector;
    private readonly ImmutableArray<NodeTerm>? _terms;

    private NodeRequirements(LabelSelector selector, ImmutableArray<NodeTerm>? terms)
    {
        _selector = selector;
        _terms = terms;
    }

    /// <summary>Null when the pod requires nothing.</summary>
    public static NodeRequirements? Of(PodView pod)
    {
        var spec = pod.Pod.Spec;
        var required = spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        if (required is null && spec.NodeSelector is not { Count: > 0 })
        {
            return null;
        }

        return new NodeRequirements(
            LabelSelector.Of(spec.NodeSelector ?? new Dictionary<string, string>()),
            required is null ? null : [.. required.NodeSelectorTerms.Select(NodeTerm.Of)]);
    }

    public bool Match(NodeView node)
        => _selector.Matches(node.Labels) && (_terms is null || _terms.Value.Any(term => term.Matches(node)));
}

/// <summary>One term of a node affinity: all of its conditions; none at all matches nothing.</summary>
internal sealed record NodeTerm(LabelSelector Labels, ImmutableArray<LabelRequirement> Fields)
{
    public static NodeTerm Of(V1NodeSelectorTerm term) => new(
        new LabelSelector([.. (term.MatchExpressions ?? []).Select(ToRequirement)]),
        [.. (term.MatchFields ?? []).Select(ToRequirement)]);

    public bool Matches(NodeView node)
        => !(Labels.IsEmpty && Fields.IsEmpty)
            && Labels.Matches(node.Labels)
            && Fields.All(field => field.Key == "metadata.name"
                && field.Matches(ImmutableDictionary<string, string>.Empty.Add(field.Key, node.Name)));

    private static LabelRequirement ToRequirement(V1NodeSelectorRequirement requirement) => new(
        requirement.Key, Enum.Parse<SelectorOperator>(requirement.OperatorProperty), [.. requirement.Values ?? []]);
}
