using System.Collections.Immutable;

namespace MiniKube.Scheduler;

/// <summary>
/// Required affinity and anti-affinity between pods, and the anti-affinity of the pods that are there towards the
/// newcomer. A domain is one value of a topology label.
/// </summary>
internal sealed class InterPodAffinityFilter : INodeFilter
{
    private static readonly ImmutableArray<Rejection> NoFriend = [new("node(s) didn't match pod affinity rules")];
    private static readonly ImmutableArray<Rejection> Foe = [new("node(s) didn't match pod anti-affinity rules", IsFinal: false)];
    private static readonly ImmutableArray<Rejection> Unwelcome =
        [new("node(s) didn't satisfy existing pods anti-affinity rules", IsFinal: false)];

    public string Name => "InterPodAffinity";

    public ClusterChanges WokenBy => ClusterChanges.Node | ClusterChanges.PodLeft | ClusterChanges.PodPlaced;

    public NodeCheck? Prepare(PodView pod, ClusterSnapshot cluster)
    {
        var unwelcome = DomainsOfExistingTerms(pod, cluster);
        var foes = DomainsOf(pod.AntiAffinity.Select(term => new PodTerm(term, pod, cluster)), cluster);
        var required = pod.Pod.Spec.Affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];
        var friends = required.Select(term => new PodTerm(term, pod, cluster)).ToList();
        if (unwelcome.Count == 0 && foes.Count == 0 && friends.Count == 0)
        {
            return null;
        }

        var homes = DomainsOfAll(friends, cluster);
        var isFirst = homes.Count == 0 && friends.All(term => term.Means(pod));
        return node =>
            friends.Count > 0 && !HasFriends(friends, homes, isFirst, node) ? NoFriend
            : IsIn(foes, node) ? Foe
            : IsIn(unwelcome, node) ? Unwelcome
            : [];
    }

    // The first of pods that want to be together has nobody to be with: any domain will do.
    private static bool HasFriends(
        List<PodTerm> friends, HashSet<(string Key, string Value)> homes, bool isFirst, NodeView node)
        => friends.All(term => node.Labels.TryGetValue(term.TopologyKey, out var value)
            && (isFirst || homes.Contains((term.TopologyKey, value))));

    private static bool IsIn(HashSet<(string Key, string Value)> domains, NodeView node)
        => domains.Count > 0 && domains.Any(domain =>
            node.Labels.TryGetValue(domain.Key, out var value) && value == domain.Value);

    private static HashSet<(string Key, string Value)> DomainsOf(IEnumerable<PodTerm> terms, ClusterSnapshot cluster)
        => [.. terms.SelectMany(term => cluster.Nodes
            .Where(node => node.Labels.ContainsKey(term.TopologyKey) && node.Pods.Any(term.Means))
            .Select(node => (term.TopologyKey, node.Labels[term.TopologyKey])))];

    // A pod is a friend when all terms mean it; it makes one home per term.
    private static HashSet<(string Key, string Value)> DomainsOfAll(List<PodTerm> terms, ClusterSnapshot cluster)
        => terms.Count == 0 ? [] :
        [
            .. cluster.Nodes
                .Where(node => node.Pods.Any(pod => terms.All(term => term.Means(pod))))
                .SelectMany(node => terms
                    .Where(term => node.Labels.ContainsKey(term.TopologyKey))
                    .Select(term => (term.TopologyKey, node.Labels[term.TopologyKey]))),
        ];

    private static HashSet<(string Key, string Value)> DomainsOfExistingTerms(PodView newcomer, ClusterSnapshot cluster)
    {
        HashSet<(string Key, string Value)> domains = [];
        foreach (var node in cluster.Nodes)
        {
            foreach (var pod in node.Avoiding)
            {
                foreach (var term in pod.AntiAffinity)
                {
                    if (node.Labels.TryGetValue(term.TopologyKey, out var value)
                        && new PodTerm(term, pod, cluster).Means(newcomer))
                    {
                        domains.Add((term.TopologyKey, value));
                    }
                }
            }
        }

        return domains;
    }
}
