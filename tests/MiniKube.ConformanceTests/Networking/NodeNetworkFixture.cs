using System.Net;
using MiniKube.Client;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>Machines on one segment, each a network namespace with a pod network and its ways to the others.</summary>
public abstract class NodeNetworkFixture(NetworkBackend backend)
{
    private readonly List<TestMachine> _machines = [];

    private protected InMemoryApiClient Client { get; } = new(TimeProvider.System);

    private protected NetworkBackend Backend => backend;

    private protected TestSegment Segment { get; private set; } = null!;

    [SetUp]
    public void Require()
    {
        LinuxRoot.Require();
        LinuxRoot.RequireProgram("nft");
        Segment = new TestSegment();
    }

    [TearDown]
    public async Task TearDown()
    {
        foreach (var machine in _machines)
        {
            await machine.DisposeAsync();
        }

        Segment?.Dispose();
    }

    /// <summary>What is in the kernel's tables of the machine.</summary>
    private protected static T Look<T>(TestMachine machine, Func<RouteNetlink, T> read)
    {
        using var netlink = RouteNetlink.OpenIn(machine.Namespace.Path);
        return read(netlink);
    }

    private protected static void Look(TestMachine machine, Action<RouteNetlink> change)
    {
        using var netlink = RouteNetlink.OpenIn(machine.Namespace.Path);
        change(netlink);
    }

    private protected static IPAddress Ip(int last) => IPAddress.Parse($"192.168.77.{last}");

    private protected async Task<TestMachine> MachineAsync(int number, CancellationToken cancellationToken)
    {
        var options = new NodeNetworkOptions
        {
            NodeName = "",
            InstanceName = "",
            StateDirectory = "",
            ClusterCidr = IPNetwork.Parse("10.200.0.0/16"),
            Backend = backend,
            Address = new NodeAddress(Ip(number)),
            FollowsMachine = true,
        };
        var machine = await TestMachine.StartAsync(
            $"machine-{number}", IPNetwork.Parse($"10.200.{number}.0/24"), Segment, Client, options, cancellationToken);
        _machines.Add(machine);
        return machine;
    }

    /// <summary>A condition of the machine's Node: status, reason and message.</summary>
    private protected static async Task<string> ConditionAsync(TestMachine machine, string type, CancellationToken cancellationToken)
    {
        var conditions = (await machine.NodeAsync(cancellationToken)).Status.Conditions;
        return conditions.FirstOrDefault(one => one.Type == type) is { } condition
            ? $"{condition.Status} {condition.Reason} {condition.Message}"
            : "none";
    }

    /// <summary>Waits until the ways of the machine lead to those networks and no other.</summary>
    private protected async Task EntriesAsync(TestMachine machine, string expected, CancellationToken cancellationToken)
    {
        await Eventually.GetsAsync(
            $"the ways of {machine.Name}",
            () => Task.FromResult(string.Join(' ', Look(machine, netlink => netlink.ListRoutes())
                .Where(route => route.Protocol == OverlayProgrammer.RouteProtocol)
                .Select(route => $"{route.Destination}")
                .Order())),
            seen => seen == expected,
            cancellationToken);
        if (backend == NetworkBackend.Vxlan)
        {
            await Eventually.GetsAsync(
                $"the entries of {machine.Name}",
                () => Task.FromResult(CountEntries(machine)),
                seen => seen == (expected.Split(' ').Length, expected.Split(' ').Length),
                cancellationToken);
        }
    }

    private static (int Neighbours, int Forwarding) CountEntries(TestMachine machine)
        => Look(machine, netlink =>
        {
            var device = netlink.FindLink(machine.Options.DeviceName)?.Index ?? 0;
            return (netlink.ListPermanentNeighbours(device).Count, netlink.ListForwarding(device).Count);
        });
}
