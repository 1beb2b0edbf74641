using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// The instance's links in the node's namespace: its bridge and the near ends of its pods' veth pairs. Thread-safe.
/// </summary>
internal sealed class NodeBridge(RouteNetlink node, PodLinks links) : IDisposable
{
    /// <summary>The MTU of the link other nodes are reached over: what leaves the node fits then.</summary>
    public int DefaultMtu(IPAddress? nodeIp) => MachineView.Read(node).MtuOf(nodeIp);

    /// <summary>The bridge with the gateway's address and no other; made if it is not there. Returns its index.</summary>
    public int Make(IPAddress gateway, int prefixLength, int mtu)
    {
        node.AddBridge(new BridgeSpec(links.Bridge, links.BridgeHardwareAddress(), mtu));
        node.SetUpIPv4Only(links.Bridge);
        var bridge = node.FindLink(links.Bridge)
            ?? throw new InvalidOperationException($"the bridge {links.Bridge} vanished while it was being set up");
        if (bridge.Mtu != mtu)
        {
            node.SetMtu(links.Bridge, mtu); // Another link, or another backend, than at the last start.
        }

        var held = node.ListAddresses().Where(address => address.LinkIndex == bridge.Index);
        foreach (var stale in held.Where(address => !address.Address.Equals(gateway)))
        {
            node.DeleteAddress(stale);
        }

        node.AddAddress(new LinkAddress(bridge.Index, gateway, prefixLength));
        return bridge.Index;
    }

    /// <summary>Makes the pod's link, with its far end in the namespace, and plugs it into the bridge.</summary>
    public void Connect(VethSpec veth, int podNamespaceFd)
    {
        if (!node.AddVeth(veth, podNamespaceFd))
        {
            // Left over from a namespace of this sandbox that died, or is about to.
            node.DeleteLink(veth.Name);
            node.AddVeth(veth, podNamespaceFd);
        }

        node.SetUpPort(veth.Name);
    }

    public void Disconnect(int offset) => node.DeleteLink(links.NodeSide(offset));

    /// <summary>The offsets of all pods that have a link.</summary>
    public IEnumerable<int> ConnectedOffsets()
        => node.ListLinks().Select(link => links.OffsetOf(link.Name)).OfType<int>();

    /// <summary>Removes the bridge and every pod's link. Returns whether another instance has a bridge on this machine.</summary>
    public bool RemoveAll()
    {
        var all = node.ListLinks();
        foreach (var link in all.Where(link => links.OffsetOf(link.Name) is not null || link.Name == links.Bridge))
        {
            node.DeleteLink(link.Name);
        }

        return all.Any(link => link.Kind == "bridge" && link.Name.StartsWith("mk-") && link.Name != links.Bridge);
    }

    public void Dispose() => node.Dispose();
}
