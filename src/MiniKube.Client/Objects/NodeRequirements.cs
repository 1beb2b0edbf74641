using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// What a pod requires of its node's labels: all of its node selector and any one term of its required node affinity.
/// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
/// </summary>
public sealed class NodeRequirements
{
    private readonly LabelSelector _selector;
    private readonly ImmutableArray<NodeTerm>? _terms;

    private NodeRequirements(LabelSelector selector, ImmutableArray<NodeTerm>? terms)
    {
        _selector = selector;
        _terms = terms;
    }

    /// <summary>Null when the pod requires nothing.</summary>
    public static NodeRequirements? Of(V1PodSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var required = spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        if (required is null && spec.NodeSelector is not { Count: > 0 })
        {
            return null;
        }

        return new NodeRequirements(
            LabelSelector.Of(spec.NodeSelector ?? new Dictionary<string, string>()),
            required is null ? null : [.. required.NodeSelectorTerms.Select(NodeTerm.Of)]);
    }

    /// <summary>True when a node of that name and labels meets them.</summary>
    public bool Match(string node, IReadOnlyDictionary<string, string> labels)
        => _selector.Matches(labels) && (_terms is null || _terms.Value.Any(term => term.Matches(node, labels)));
}

/// <summary>One term of a node affinity: all of its conditions; none at all matches nothing.</summary>
public sealed record NodeTerm(LabelSelector Labels, ImmutableArray<LabelRequirement> Fields)
{
    /// <summary>The term as a pod states it.</summary>
    public static NodeTerm Of(V1NodeSelectorTerm term)
    {
        ArgumentNullException.ThrowIfNull(term);
        return new NodeTerm(
            new LabelSelector([.. (term.MatchExpressions ?? []).Select(ToRequirement)]),
            [.. (term.MatchFields ?? []).Select(ToRequirement)]);
    }

    /// <summary>True when a node of that name and labels meets the term.</summary>
    public bool Matches(string node, IReadOnlyDictionary<string, string> labels)
        => !(Labels.IsEmpty && Fields.IsEmpty)
            && Labels.Matches(labels)
            && Fields.All(field => field.Key == "metadata.name"
                && field.Matches(ImmutableDictionary<string, string>.Empty.Add(field.Key, node)));

    private static LabelRequirement ToRequirement(V1NodeSelectorRequirement requirement) => new(
        requirement.Key, Enum.Parse<SelectorOperator>(requirement.OperatorProperty), [.. requirement.Values ?? []]);
}
