using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Scheduler;

/// <summary>
/// Which pods a required affinity term of a pod means, and over which topology.
/// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
/// </summary>
internal sealed class PodTerm
{
    private readonly LabelSelector? _labels;
    private readonly LabelSelector? _namespaceLabels;
    private readonly HashSet<string> _namespaces;
    private readonly ClusterSnapshot _cluster;

    public PodTerm(V1PodAffinityTerm term, PodView owner, ClusterSnapshot cluster)
    {
        TopologyKey = term.TopologyKey;
        _labels = LabelSelector.Of(term.LabelSelector);
        _namespaceLabels = LabelSelector.Of(term.NamespaceSelector);
        _cluster = cluster;
        _namespaces = [.. term.Namespaces ?? []];
        if (_namespaces.Count == 0 && _namespaceLabels is null)
        {
            _namespaces.Add(owner.Key.Namespace);
        }
    }

    public string TopologyKey { get; }

    public bool Means(PodView pod)
        => _labels?.Matches(pod.Labels) == true && MeansNamespace(pod.Key.Namespace);

    private bool MeansNamespace(string name)
        => _namespaces.Contains(name) || _namespaceLabels?.Matches(_cluster.NamespaceLabels(name)) == true;
}
