using System.Net;

namespace MiniKube.Networking;

/// <summary>Networks of this machine that the cluster's addresses would take away. Pure.</summary>
internal static class HostConflict
{
    /// <summary>
    /// A network this machine has a route to that lies inside the range, or is it; null when there is none. One that is larger
    /// than the range goes on working but for the range. Routes over the named instance's links, and to other nodes' pods, are
    /// the cluster's own.
    /// </summary>
    public static NetworkProblem? Find(MachineView machine, IPNetwork range, string instanceName)
    {
        foreach (var route in machine.Routes.Where(static route => route.Kind == RouteKind.Unicast && route.Table == RouteTable.Main))
        {
            var link = machine.LinkAt(route.LinkIndex)?.Name ?? "another link";
            if (route.Protocol != OverlayProgrammer.RouteProtocol
                && !link.StartsWith(instanceName, StringComparison.Ordinal)
                && route.Destination.PrefixLength >= range.PrefixLength
                && range.Contains(route.Destination.BaseAddress))
            {
                return new(
                    "HostNetworkOverlaps",
                    $"the cluster's addresses {range} overlap {route.Destination}, which this machine has a route to over {link}; "
                    + "take that network away, or make the cluster with another --cluster-cidr and --service-cidr");
            }
        }

        return null;
    }
}
