using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>What kubectl shows of an Ingress.</summary>
internal static class IngressTexts
{
    private const int ShownMax = 3;

    /// <summary>Up to three hosts of the first rules; <c>*</c> when none is named.</summary>
    public static string Hosts(V1Ingress ingress)
    {
        var rules = ingress.Spec.Rules ?? [];
        var named = rules.Select(rule => rule.Host).Where(host => !string.IsNullOrEmpty(host)).ToList();
        if (named.Count == 0)
        {
            return "*";
        }

        var shown = string.Join(",", named.Take(ShownMax));
        return named.Count > ShownMax ? $"{shown} + {rules.Count - ShownMax} more..." : shown;
    }

    /// <summary>The addresses the load balancer published.</summary>
    public static string Address(V1Ingress ingress)
        => string.Join(",", (ingress.Status?.LoadBalancer?.Ingress ?? [])
            .Select(point => string.IsNullOrEmpty(point.Ip) ? point.Hostname : point.Ip)
            .Where(text => !string.IsNullOrEmpty(text))
            .Distinct());
}
