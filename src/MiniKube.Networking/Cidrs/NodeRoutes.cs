using System.Net;

namespace MiniKube.Networking;

/// <summary>What this machine's routing tables lead to.</summary>
public static class NodeRoutes
{
    /// <summary>
    /// Every IPv4 network this machine has a route to, except the default route and those over links of the named
    /// instance, which may be there from its last run. Needs no rights. Empty where there is no netlink.
    /// </summary>
    public static IReadOnlyList<IPNetwork> Read(string instanceName)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        using var node = RouteNetlink.Open();
        var ours = node.ListLinks()
            .Where(link => link.Name.StartsWith(instanceName, StringComparison.Ordinal))
            .Select(static link => link.Index)
            .ToHashSet();
        return [.. node.ListRoutes()
            .Where(route => route.Destination.PrefixLength > 0
                && route.Protocol != OverlayProgrammer.RouteProtocol
                && !ours.Contains(route.LinkIndex))
            .Select(route => route.Destination)
            .Distinct()];
    }

    /// <summary>
    /// The MTU of the link that has the address, else of the one other machines are reached over, else 1500, Ethernet's.
    /// </summary>
    public static int MtuOf(IPAddress? nodeIp)
    {
        if (!OperatingSystem.IsLinux())
        {
            return MachineView.EthernetMtu;
        }

        using var node = RouteNetlink.Open();
        return MachineView.Read(node).MtuOf(nodeIp);
    }
}
