using System.Net;
using System.Net.Sockets;
using MiniKube.Networking;

namespace MiniKube.Testing;

/// <summary>A pod without containers: a namespace on a pod network, with servers that say the pod's name.</summary>
public sealed class TestPod : IAsyncDisposable
{
    private readonly TestNamespace _namespace;
    private readonly List<NameServer> _servers = [];

    private TestPod(string name, IPAddress ip, TestNamespace ns)
    {
        Name = name;
        Ip = ip;
        _namespace = ns;
    }

    public string Name { get; }

    public IPAddress Ip { get; }

    public static async Task<TestPod> StartAsync(PodNetwork network, string name, CancellationToken cancellationToken)
    {
        var ns = TestNamespace.Create();
        return new TestPod(name, await network.AttachAsync(name, ns.Path, cancellationToken), ns);
    }

    /// <summary>The addresses that connections to the pod came from, in order.</summary>
    public IReadOnlyList<IPAddress> Clients => [.. _servers.SelectMany(static server => server.Clients)];

    /// <summary>Serves the pod's name on the port.</summary>
    public TestPod Serve(int port, ProtocolType protocol = ProtocolType.Tcp)
    {
        var socket = _namespace.NewSocket(protocol);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        _servers.Add(NameServer.Start(Name, socket));
        return this;
    }

    /// <summary>Connects from within the pod.</summary>
    public Task<NameClient> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
        => NameClient.ConnectAsync(_namespace.NewSocket(ProtocolType.Tcp), address, cancellationToken);

    /// <summary>The name of the pod that answers a connection from within this one, or the error's name.</summary>
    public async Task<string> AskAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            using var client = await ConnectAsync(address, cancellationToken);
            return client.Server;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode.ToString();
        }
    }

    /// <summary>A UDP socket in the pod.</summary>
    public Socket NewUdpSocket() => _namespace.NewSocket(ProtocolType.Udp);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
        _namespace.Dispose();
    }
}
