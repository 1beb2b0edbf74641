using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// Makes the kernel agree with a plan: reads what is there, whoever left it, and changes only what differs. Everything of ours
/// is on the instance's device, or is a route with <see cref="RouteProtocol"/> inside the cluster CIDR. One caller at a time.
/// </summary>
internal sealed class OverlayProgrammer(RouteNetlink machine, NodeNetworkOptions options)
{
    /// <summary>Marks our routes: <c>ip route show proto 77</c>. A number nobody has registered.</summary>
    public const byte RouteProtocol = 77;

    /// <summary>Returns what could not be done for single nodes.</summary>
    /// <exception cref="NetlinkException">The device could not be made or set up; nothing beyond it was changed.</exception>
    public ImmutableArray<NetworkProblem> Apply(OverlayPlan plan)
    {
        var problems = ImmutableArray.CreateBuilder<NetworkProblem>();
        var device = plan.Device is null ? 0 : EnsureDevice(plan.Device, plan.DeviceAddress!);
        Try(StaleRoutes(plan, device), machine.DeleteRoute, problems);
        if (plan.Device is null)
        {
            machine.DeleteLink(options.DeviceName);
        }
        else
        {
            // Entries before the routes that need them: the first packet finds its way.
            ApplyForwarding(device, plan.Forwarding, problems);
            ApplyNeighbours(device, plan.Neighbours, problems);
        }

        AddRoutes(plan, device, problems);
        return problems.ToImmutable();
    }

    /// <summary>Takes away everything of this instance's, also what an earlier process left.</summary>
    public void RemoveAll()
    {
        foreach (var route in OwnRoutes())
        {
            machine.DeleteRoute(route);
        }

        machine.DeleteLink(options.DeviceName);
    }

    private int EnsureDevice(VxlanSpec wanted, IPAddress address)
    {
        var present = machine.FindVxlan(wanted.Name);
        if (present is null || present with { Mtu = wanted.Mtu } != wanted)
        {
            machine.DeleteLink(wanted.Name);
            machine.AddVxlan(wanted);
        }
        else if (present.Mtu != wanted.Mtu)
        {
            machine.SetMtu(wanted.Name, wanted.Mtu);
        }

        var link = machine.FindLink(wanted.Name);
        if (link is not { IsUp: true })
        {
            link = SetUp(wanted.Name);
        }

        KeepOnlyAddress(link.Index, address);
        return link.Index;
    }

    /// <summary>Only what is down is set up: the kernel announces each time, and announcements bring us back here.</summary>
    private Link SetUp(string device)
    {
        try
        {
            machine.SetUpIPv4Only(device);
        }
        catch (NetlinkException)
        {
            machine.DeleteLink(device); // Its port is taken: nothing of it stays.
            throw;
        }

        return machine.FindLink(device)
            ?? throw new InvalidOperationException($"the device {device} vanished while it was being set up");
    }

    private void KeepOnlyAddress(int device, IPAddress address)
    {
        const int Single = 32;
        foreach (var stale in machine.ListAddresses().Where(one => one.LinkIndex == device && !one.Address.Equals(address)))
        {
            machine.DeleteAddress(stale);
        }

        machine.AddAddress(new LinkAddress(device, address, Single));
    }

    private void ApplyForwarding(int device, ImmutableArray<ForwardingEntry> wanted, ImmutableArray<NetworkProblem>.Builder problems)
    {
        var present = machine.ListForwarding(device);
        var kept = wanted.Select(static entry => entry.HardwareAddress).ToHashSet();
        Try(wanted.Except(present), entry => machine.PutForwarding(device, entry), problems);
        Try(present.Where(entry => !kept.Contains(entry.HardwareAddress)), entry => machine.DeleteForwarding(device, entry), problems);
    }

    private void ApplyNeighbours(int device, ImmutableArray<Neighbour> wanted, ImmutableArray<NetworkProblem>.Builder problems)
    {
        var present = machine.ListPermanentNeighbours(device);
        var kept = wanted.Select(static neighbour => neighbour.Address).ToHashSet();
        Try(wanted.Except(present), neighbour => machine.PutNeighbour(device, neighbour), problems);
        var stale = present.Where(neighbour => !kept.Contains(neighbour.Address));
        Try(stale, neighbour => machine.DeleteNeighbour(device, neighbour), problems);
    }

    private List<RouteSpec> StaleRoutes(OverlayPlan plan, int device)
    {
        var kept = plan.Routes.Select(route => Spec(route, device).Destination).ToHashSet();
        return [.. OwnRoutes().Where(route => !kept.Contains(route.Destination))];
    }

    private void AddRoutes(OverlayPlan plan, int device, ImmutableArray<NetworkProblem>.Builder problems)
    {
        var own = OwnRoutes();
        foreach (var route in plan.Routes.Select(route => Spec(route, device)).Except(own))
        {
            try
            {
                if (own.Exists(one => one.Destination == route.Destination))
                {
                    machine.PutRoute(route);
                }
                else if (!machine.AddRoute(route))
                {
                    problems.Add(new(
                        "RouteTaken",
                        $"a route to {route.Destination} that is not MiniKube's keeps the one to a node's pods away; "
                        + $"remove it: ip route del {route.Destination}"));
                }
            }
            catch (NetlinkException refused)
            {
                problems.Add(new("RouteRefused", refused.Message));
            }
        }
    }

    private static void Try<T>(IEnumerable<T> items, Action<T> change, ImmutableArray<NetworkProblem>.Builder problems)
    {
        foreach (var item in items.ToList())
        {
            try
            {
                change(item);
            }
            catch (NetlinkException refused)
            {
                problems.Add(new("RouteRefused", refused.Message));
            }
        }
    }

    private static RouteSpec Spec(PlannedRoute route, int device)
        => new(
            route.Destination,
            route.LinkIndex == 0 ? device : route.LinkIndex,
            route.Gateway,
            RouteKind.Unicast,
            RouteTable.Main,
            RouteScope.Universe)
        {
            Protocol = RouteProtocol,
            IsOnLink = route.LinkIndex == 0,
        };

    private List<RouteSpec> OwnRoutes()
        => [.. machine.ListRoutes().Where(route => route is { Protocol: RouteProtocol, Table: RouteTable.Main }
            && options.ClusterCidr.Contains(route.Destination.BaseAddress))];
}
