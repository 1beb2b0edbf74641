using System.Net;
using System.Net.Sockets;

namespace MiniKube.Testbox;

internal sealed class DnsApplet(TimeProvider time) : Applet("dns", "NAME", "prints the address of a name")
{
    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        if (args is not [var name])
        {
            throw new UsageException("needs a name");
        }

        Output.Line((await new HostNames(time).ResolveAsync(name, stopping)).ToString());
        return 0;
    }
}

internal sealed class TcpApplet(TimeProvider time) : Applet(
    "tcp", "HOST PORT | --listen PORT", "connects standard input and output to a port, or echoes to whoever connects")
{
    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        var flags = Flags.Parse(args, "listen");
        if (flags.Number("listen", 0) is var port and > 0)
        {
            await ServeAsync(port, stopping);
            return 0;
        }

        if (flags.Operands is not [var host, var number])
        {
            throw new UsageException("needs HOST PORT");
        }

        using var socket = await new HostNames(time).ConnectAsync(host, Flags.ParseNumber(number, "the port"), stopping);
        await using var stream = new NetworkStream(socket);
        await using var input = StandardStreams.Input();
        await using var output = StandardStreams.Output();
        var received = stream.CopyToAsync(output, stopping);
        await input.CopyToAsync(stream, stopping);
        socket.Shutdown(SocketShutdown.Send);
        await received;
        return 0;
    }

    private static async Task ServeAsync(int port, CancellationToken stopping)
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, port);
        listener.Server.DualMode = true;
        listener.Start();
        await ConnectionLoop.RunAsync(listener, EchoAsync, stopping);
    }

    private static async Task EchoAsync(Socket socket, CancellationToken stopping)
    {
        await using var stream = new NetworkStream(socket);
        await stream.CopyToAsync(stream, stopping);
    }
}

internal sealed class UdpEchoApplet() : Applet("udp-echo", "[--port N]", "sends every datagram back (port 7777)")
{
    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, Flags.Parse(args, "port").Number("port", 7777)));
        var buffer = new byte[65_536];
        while (true)
        {
            var datagram = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), stopping);
            await socket.SendToAsync(buffer.AsMemory(0, datagram.ReceivedBytes), datagram.RemoteEndPoint, stopping);
        }
    }
}
