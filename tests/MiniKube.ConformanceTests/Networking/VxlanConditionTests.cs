using System.Net;
using System.Net.Sockets;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>What only VXLAN needs, a port and an id, and what is told when somebody else has them.</summary>
[Category("LinuxRoot")]
public sealed class VxlanConditionTests() : NodeNetworkFixture(NetworkBackend.Vxlan)
{
    [Test, CancelAfter(60_000)]
    public async Task A_VXLAN_port_in_use_is_a_condition(CancellationToken cancellationToken)
    {
        var one = await MachineAsync(1, cancellationToken);
        using var taken = one.Namespace.NewSocket(ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Any, 8472));
        await MachineAsync(2, cancellationToken);

        await Eventually.GetsAsync(
            "the port's owner",
            () => ConditionAsync(one, "NetworkUnavailable", cancellationToken),
            seen => seen.StartsWith("True VxlanPortTaken UDP port 8472"),
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_VXLAN_id_in_use_is_a_condition_until_it_is_free(CancellationToken cancellationToken)
    {
        var one = await MachineAsync(1, cancellationToken);
        var same = new VxlanSpec("other", 1, 8472, PeerNode.HardwareAddressOf(IPNetwork.Parse("10.1.0.0/24")), 1_450);
        Look(one, netlink => netlink.AddVxlan(same));
        await MachineAsync(2, cancellationToken);

        await Eventually.GetsAsync(
            "the id's owner",
            () => ConditionAsync(one, "NetworkUnavailable", cancellationToken),
            seen => seen.StartsWith("True VxlanIdTaken"),
            cancellationToken);

        Look(one, netlink => netlink.DeleteLink(same.Name));
        await Eventually.GetsAsync(
            "the end of it",
            () => ConditionAsync(one, "NetworkUnavailable", cancellationToken),
            seen => seen.StartsWith("False PodNetworkIsUp"),
            cancellationToken);
    }
}
