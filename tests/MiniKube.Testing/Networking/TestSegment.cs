using System.Net;
using MiniKube.Networking;

namespace MiniKube.Testing;

/// <summary>A switch that machines are plugged into: a bridge in a namespace of its own.</summary>
public sealed class TestSegment : IDisposable
{
    private const string Bridge = "switch";

    private readonly TestNamespace _namespace = TestNamespace.Create();
    private readonly int _bridgeIndex;
    private int _ports;

    public TestSegment()
    {
        using var netlink = RouteNetlink.OpenIn(_namespace.Path);
        netlink.AddBridge(new BridgeSpec(Bridge, [0x0a, 0x01, 0, 0, 0, 1], 1_500));
        netlink.SetUp(Bridge);
        _bridgeIndex = netlink.FindLink(Bridge)!.Index;
    }

    /// <summary>Gives the namespace a link with that address, named <c>eth0</c> and so on.</summary>
    public void Plug(TestNamespace machine, IPAddress address, int prefixLength, string link = "eth0")
    {
        using var netlink = RouteNetlink.OpenIn(_namespace.Path);
        using var far = NetworkNamespace.OpenFile(machine.Path);
        var port = $"port{_ports++}";
        netlink.AddVeth(
            new VethSpec(port, link, [0x0a, 0x02, .. address.GetAddressBytes()], _bridgeIndex, 1_500),
            (int)far.DangerousGetHandle());
        netlink.SetUp(port);
        using var inside = RouteNetlink.OpenIn(machine.Path);
        inside.SetUp("lo");
        inside.SetUp(link);
        inside.AddAddress(new LinkAddress(inside.FindLink(link)!.Index, address, prefixLength));
    }

    public void Dispose() => _namespace.Dispose();
}
