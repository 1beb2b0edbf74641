using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>Decides what leads to the pods of the other nodes. Pure.</summary>
internal static class OverlayPlanner
{
    /// <param name="options">This node's.</param>
    /// <param name="podCidr">This node's pod addresses.</param>
    /// <param name="nodeIp">This node's address now.</param>
    /// <param name="nodes">Every node that has a place in the network; this one may be among them.</param>
    /// <param name="machine">This machine as it is.</param>
    public static OverlayPlan Plan(
        NodeNetworkOptions options, IPNetwork podCidr, IPAddress nodeIp, IEnumerable<PeerNode> nodes, MachineView machine)
    {
        if (options.Backend == NetworkBackend.None)
        {
            return OverlayPlan.Nothing;
        }

        var problems = ImmutableArray.CreateBuilder<NetworkProblem>();
        var peers = new List<PeerNode>();
        var taken = new List<PeerNode>();
        foreach (var peer in nodes.Where(node => node.Name != options.NodeName).OrderBy(static node => node.Name, StringComparer.Ordinal))
        {
            if (ProblemOf(peer, options, podCidr, nodeIp, taken) is { } problem)
            {
                problems.Add(problem);
                continue;
            }

            taken.Add(peer);
            if (peer.Backend is not null)
            {
                peers.Add(peer); // One that has announced nothing yet is about to.
            }
        }

        return options.Backend == NetworkBackend.Vxlan
            ? Vxlan(options, podCidr, nodeIp, peers, machine, problems)
            : HostGateway(peers, machine, problems);
    }

    private static NetworkProblem? ProblemOf(
        PeerNode peer, NodeNetworkOptions options, IPNetwork podCidr, IPAddress nodeIp, List<PeerNode> taken)
    {
        if (!options.ClusterCidr.Contains(peer.PodCidr.BaseAddress) || peer.PodCidr.PrefixLength < options.ClusterCidr.PrefixLength)
        {
            return new(
                "ForeignPodCIDR",
                $"node {peer.Name} has pod addresses {peer.PodCidr} outside the cluster's {options.ClusterCidr}; "
                + "delete the Node object and start its agent again");
        }

        if (peer.PodCidr.Overlaps(podCidr) || taken.Exists(other => other.PodCidr.Overlaps(peer.PodCidr)))
        {
            return new(
                "PodCIDRTaken",
                $"node {peer.Name} has pod addresses {peer.PodCidr} that another node has, too; "
                + "delete the Node object and start its agent again");
        }

        if (peer.Address.Equals(nodeIp))
        {
            return new(
                "NodeIPTaken",
                $"node {peer.Name} announces {peer.Address}, the address of this node; "
                + "give each node one of its own with --node-ip");
        }

        if (options.ClusterCidr.Contains(peer.Address))
        {
            return new(
                "NodeIPInClusterCIDR",
                $"node {peer.Name} announces {peer.Address}, which is inside the pods' {options.ClusterCidr}; "
                + "give it another with --node-ip, or make the cluster with another --cluster-cidr");
        }

        if (peer.Backend is { } backend && backend != options.Backend)
        {
            return new(
                "BackendDiffers",
                $"node {peer.Name} uses the network backend {backend.ToName()}, this one {options.Backend.ToName()}; "
                + "restart the one that was started before the change");
        }

        return null;
    }

    private static OverlayPlan Vxlan(
        NodeNetworkOptions options, IPNetwork podCidr, IPAddress nodeIp, List<PeerNode> peers, MachineView machine,
        ImmutableArray<NetworkProblem>.Builder problems)
    {
        var ready = peers.Where(static peer => peer.HardwareAddress is not null).ToList();
        if (ready.Count == 0)
        {
            return new OverlayPlan { Problems = problems.ToImmutable() };
        }

        return new OverlayPlan
        {
            Device = new VxlanSpec(
                options.DeviceName,
                options.VxlanId,
                options.VxlanPort,
                PeerNode.HardwareAddressOf(podCidr),
                machine.MtuOf(nodeIp) - NetworkBackend.Vxlan.Overhead()),
            DeviceAddress = podCidr.AddressAt(1),
            Routes = [.. ready.Select(static peer => new PlannedRoute(peer.PodCidr, peer.PodCidr.AddressAt(1), LinkIndex: 0))],
            Neighbours = [.. ready.Select(static peer => new Neighbour(peer.PodCidr.AddressAt(1), peer.HardwareAddress!.Value))],
            Forwarding = [.. ready.Select(static peer => new ForwardingEntry(peer.HardwareAddress!.Value, peer.Address))],
            Problems = problems.ToImmutable(),
        };
    }

    private static OverlayPlan HostGateway(List<PeerNode> peers, MachineView machine, ImmutableArray<NetworkProblem>.Builder problems)
    {
        var routes = ImmutableArray.CreateBuilder<PlannedRoute>();
        foreach (var peer in peers)
        {
            if (machine.WayTo(peer.Address) is { Gateway: null } way)
            {
                routes.Add(new PlannedRoute(peer.PodCidr, peer.Address, way.LinkIndex));
                continue;
            }

            var hop = machine.WayTo(peer.Address)?.Gateway;
            problems.Add(new("NextHopNotOnSegment", $"node {peer.Name} at {peer.Address} is not on a segment of this machine"
                + (hop is null ? " (there is no route to it)" : $" (the way there leads over {hop})")
                + "; host-gw needs all nodes on one: start the servers with --network-backend vxlan, then the agents again"));
        }

        return new OverlayPlan { Routes = routes.ToImmutable(), Problems = problems.ToImmutable() };
    }
}
