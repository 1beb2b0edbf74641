using System.Net;

namespace MiniKube.Networking;

/// <summary>The address ranges of a cluster's pods and Services.</summary>
public sealed record ClusterCidrs(IPNetwork Pods, IPNetwork Services)
{
    // 10.42 to 10.254 in steps of two.
    private const int FirstByte = 42;
    private const int LastByte = 254;

    /// <summary>10.42.0.0/16 and 10.43.0.0/16.</summary>
    public static ClusterCidrs Default { get; } = Pair(FirstByte);

    /// <summary>
    /// The first free one of 10.42/10.43, 10.44/10.45, ... or null when all of them meet a network in use. For a new
    /// data directory when the user named no ranges.
    /// </summary>
    public static ClusterCidrs? FirstFree(IReadOnlyCollection<IPNetwork> used)
    {
        ArgumentNullException.ThrowIfNull(used);
        for (var second = FirstByte; second < LastByte; second += 2)
        {
            var pair = Pair(second);
            if (pair.FindConflict(used) is null)
            {
                return pair;
            }
        }

        return null;
    }

    /// <summary>
    /// What is wrong with these ranges on a machine that uses those networks, and what to do; null when nothing is.
    /// </summary>
    public string? FindConflict(IReadOnlyCollection<IPNetwork> used)
    {
        ArgumentNullException.ThrowIfNull(used);
        if (Pods.Overlaps(Services))
        {
            return $"the cluster CIDR {Pods} and the service CIDR {Services} overlap; choose separate ranges";
        }

        return FindConflict("--cluster-cidr", Pods, used) ?? FindConflict("--service-cidr", Services, used);
    }

    private static string? FindConflict(string flag, IPNetwork wanted, IEnumerable<IPNetwork> used)
    {
        foreach (var network in used.Where(network => network.PrefixLength > 0 && network.Overlaps(wanted)))
        {
            return $"{flag} {wanted} overlaps {network}, which this machine has a route to; choose another range";
        }

        return null;
    }

    private static ClusterCidrs Pair(int second)
        => new(Network(second), Network(second + 1));

    private static IPNetwork Network(int second) => new(new IPAddress([10, (byte)second, 0, 0]), 16);
}
