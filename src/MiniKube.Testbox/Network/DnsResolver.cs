using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MiniKube.Testbox;

/// <summary>A stub resolver for A records over UDP (RFC 1035): one question, the first server that answers.</summary>
internal sealed class DnsResolver(ResolverConfig config, TimeProvider time, TimeSpan patience)
{
    private const int PacketBytesMax = 4096;
    private const int Port = 53;

    /// <summary>The addresses of the first candidate name that has some; empty when none has.</summary>
    public async Task<List<IPAddress>> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        foreach (var name in config.Candidates(host))
        {
            foreach (var server in config.Servers)
            {
                var answer = await AskAsync(server, name, cancellationToken);
                if (answer is { Count: > 0 })
                {
                    return answer;
                }

                if (answer is not null)
                {
                    break; // It answered that there is none; the others would say the same.
                }
            }
        }

        return [];
    }

    private async Task<List<IPAddress>?> AskAsync(IPAddress server, string name, CancellationToken cancellationToken)
    {
        var id = (ushort)RandomNumber();
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(server, Port), either.Token);
            await socket.SendAsync(DnsWire.Question(id, name), either.Token);
            var packet = new byte[PacketBytesMax];
            while (true)
            {
                var length = await socket.ReceiveAsync(packet, either.Token);
                if (length >= 12 && BinaryPrimitives.ReadUInt16BigEndian(packet) == id)
                {
                    return DnsWire.ReadAddresses(packet.AsSpan(0, length));
                }
            }
        }
        catch (Exception silence) when (silence is SocketException
            || (silence is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static uint RandomNumber()
    {
        Span<byte> bytes = stackalloc byte[4];
        using var source = File.OpenRead("/dev/urandom");
        source.ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
