using System.Collections.Frozen;
using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>How fast nodes that are not ready may lose their pods, by zone.</summary>
/// <param name="PerSecond">Nodes per second in each zone; zero is none.</param>
/// <param name="IsAllDown">True when no node at all is ready: then it is more likely us who hear nothing.</param>
internal sealed record EvictionRates(FrozenDictionary<string, double> PerSecond, bool IsAllDown);

/// <summary>
/// Decides how fast pods are moved away from nodes that are gone: one node every ten seconds, more slowly where most of
/// a zone is gone, not at all where everything is.
/// https://kubernetes.io/docs/concepts/architecture/nodes/#rate-limits-on-eviction
/// </summary>
internal static class ZonePlanner
{
    // kube-controller-manager's defaults.
    private const double Usual = 0.1;
    private const double Reduced = 0.01;
    private const double UnhealthyShare = 0.55;
    private const int LargeClusterNodes = 50;
    private const int FewUnhealthy = 2;

    private const string Excluded = "node.kubernetes.io/exclude-disruption";

    public static EvictionRates Plan(IReadOnlyCollection<V1Node> nodes)
    {
        var zones = nodes
            .Where(static node => node.Metadata.Labels?.ContainsKey(Excluded) != true)
            .GroupBy(ZoneOf)
            .Select(static zone => (Zone: zone.Key, Ready: zone.Count(IsReady), All: zone.Count()))
            .ToList();
        var isAllDown = zones.Count > 0 && zones.All(static zone => zone.Ready == 0);
        return new EvictionRates(
            zones.ToFrozenDictionary(static zone => zone.Zone, zone => isAllDown ? 0 : Rate(zone.Ready, zone.All)), isAllDown);
    }

    /// <summary>Region and zone; nodes that name neither are one zone.</summary>
    public static string ZoneOf(V1Node node) => $"{Label(node, "region")}/{Label(node, "zone")}";

    public static bool IsReady(V1Node node)
        => node.Status?.Conditions?.Any(static one => one is { Type: "Ready", Status: "True" }) == true;

    private static double Rate(int ready, int all)
    {
        var unready = all - ready;
        var isMostlyDown = ready > 0 && unready > FewUnhealthy && unready >= UnhealthyShare * all;
        return !isMostlyDown ? Usual : all > LargeClusterNodes ? Reduced : 0;
    }

    private static string Label(V1Node node, string name)
        => node.Metadata.Labels is { } labels && labels.TryGetValue($"topology.kubernetes.io/{name}", out var value) ? value : "";
}
