using System.Net;
using System.Net.Sockets;
using MiniKube.Networking;

namespace MiniKube.Testing;

/// <summary>Another machine: a namespace on a link of its own to this one, whose default route leads here.</summary>
public sealed class RemoteMachine : IDisposable
{
    private readonly TestNamespace _namespace = TestNamespace.Create();

    private RemoteMachine()
    {
    }

    /// <param name="instance">The start of the link's name.</param>
    /// <param name="node">This machine's address on the link.</param>
    /// <param name="machine">The other one's, the next address.</param>
    public static RemoteMachine Connect(string instance, IPAddress node, IPAddress machine)
    {
        var made = new RemoteMachine();
        using var here = RouteNetlink.Open();
        using var handle = NetworkNamespace.OpenFile(made._namespace.Path);
        var name = $"{instance}fffe";
        here.AddVeth(
            new VethSpec(name, "eth0", PodLinks.HardwareAddress(machine), 0, 1_500), (int)handle.DangerousGetHandle());
        SetAddress(here, name, node);
        using var there = RouteNetlink.OpenIn(made._namespace.Path);
        var link = SetAddress(there, "eth0", machine);
        there.AddRoute(RouteSpec.Default(node, link));
        return made;
    }

    /// <summary>The name of the pod that answers, or the error's name.</summary>
    public async Task<string> AskAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(3));
        try
        {
            using var client = await NameClient.ConnectAsync(_namespace.NewSocket(ProtocolType.Tcp), address, patience.Token);
            return client.Server;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode.ToString();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer";
        }
    }

    public void Dispose() => _namespace.Dispose();

    private static int SetAddress(RouteNetlink where, string link, IPAddress address)
    {
        where.SetUp(link);
        var index = where.FindLink(link)!.Index;
        where.AddAddress(new LinkAddress(index, address, 30));
        return index;
    }
}
