using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace MiniKube.Networking;

/// <summary>Tells when links or their addresses appear or change, as the kernel announces it. One reader.</summary>
internal sealed class LinkMonitor : IDisposable
{
    private const uint Groups = 0x01 | 0x10; // RTMGRP_LINK, RTMGRP_IPV4_IFADDR
    private const int BufferBytes = 32 * 1_024;

    private readonly Socket _socket;

    private LinkMonitor(Socket socket) => _socket = socket;

    /// <summary>Changes from here on are not missed.</summary>
    public static LinkMonitor Open()
    {
        using var opened = Libc.OpenRouteSocket(Groups);
        var handle = new SafeSocketHandle(opened.DangerousGetHandle(), ownsHandle: true);
        opened.SetHandleAsInvalid();
        return new LinkMonitor(new Socket(handle));
    }

    /// <summary>
    /// Every link that is new or changed, until cancelled. Null when an address is new, or the kernel had to drop
    /// announcements: anything may have changed.
    /// </summary>
    public async IAsyncEnumerable<Link?> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var received = await ReceiveAsync(buffer, cancellationToken);
            if (received is null)
            {
                yield return null;
                continue;
            }

            foreach (var link in Parse(buffer.AsSpan(0, received.Value)))
            {
                yield return link;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<int?> ReceiveAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, cancellationToken);
        }
        catch (SocketException overflow) when (overflow.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            return null;
        }
    }

    private static List<Link?> Parse(ReadOnlySpan<byte> datagram)
    {
        var found = new List<Link?>();
        var reader = new NetlinkReader(datagram);
        while (reader.TryReadMessage(out var message))
        {
            if (message.Type == (ushort)RouteMessage.NewLink && RouteParser.Link(message) is { } link)
            {
                found.Add(link);
            }
            else if (message.Type == (ushort)RouteMessage.NewAddress)
            {
                found.Add(null);
            }
        }

        return found;
    }
}
