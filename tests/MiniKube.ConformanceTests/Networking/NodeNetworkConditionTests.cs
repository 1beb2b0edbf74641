using System.Net;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>What stands in the way of the pod network is told as a condition of the node, for as long as it does.</summary>
[Category("LinuxRoot")]
[TestFixture(NetworkBackend.Vxlan)]
[TestFixture(NetworkBackend.HostGateway)]
public sealed class NodeNetworkConditionTests(NetworkBackend backend) : NodeNetworkFixture(backend)
{
    [Test, CancelAfter(60_000)]
    public async Task A_blocked_way_is_told_until_it_is_open(CancellationToken cancellationToken)
    {
        var (one, two) = (await MachineAsync(1, cancellationToken), await MachineAsync(2, cancellationToken));
        await EntriesAsync(one, "10.200.2.0/24", cancellationToken);
        await FilterAsync(two, "add table ip t; add chain ip t in { type filter hook prerouting priority raw; }; "
            + "add rule ip t in udp dport 8472 drop; add rule ip t in ip daddr 10.200.2.0/24 drop", cancellationToken);

        await Eventually.GetsAsync(
            "the trouble",
            async () =>
            {
                await one.Ways.ProbeAsync(cancellationToken);
                return await ConditionAsync(one, "PodNetworkDegraded", cancellationToken);
            },
            seen => seen.StartsWith("True OverlayBlocked node machine-2"),
            cancellationToken);

        await FilterAsync(two, "delete table ip t", cancellationToken);
        await Eventually.GetsAsync(
            "the end of it",
            async () =>
            {
                await one.Ways.ProbeAsync(cancellationToken);
                return await ConditionAsync(one, "PodNetworkDegraded", cancellationToken);
            },
            seen => seen.StartsWith("False EveryNodeReached"),
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_keeps_the_network_from_standing_is_a_condition(CancellationToken cancellationToken)
    {
        var one = await MachineAsync(1, cancellationToken);
        Segment.Plug(one.Namespace, IPAddress.Parse("10.200.77.1"), 24, "eth1");

        await Eventually.GetsAsync(
            "the conflict",
            () => ConditionAsync(one, "NetworkUnavailable", cancellationToken),
            seen => seen.StartsWith("True HostNetworkOverlaps") && seen.Contains("10.200.77.0/24"),
            cancellationToken);

        Look(one, netlink => netlink.DeleteLink("eth1"));
        await Eventually.GetsAsync(
            "the end of it",
            () => ConditionAsync(one, "NetworkUnavailable", cancellationToken),
            seen => seen.StartsWith("False PodNetworkIsUp"),
            cancellationToken);
    }

    private static async Task FilterAsync(TestMachine machine, string script, CancellationToken cancellationToken)
    {
        var nft = HostCommand.Find("nft", new MachineNamespace(machine.Namespace.Path))!;
        var result = await nft.RunAsync(["-f", "-"], script.Replace("; add", "\nadd") + "\n", cancellationToken);
        Assert.That(result.Errors, Is.Empty);
    }
}
