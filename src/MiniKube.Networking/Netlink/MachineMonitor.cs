using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace MiniKube.Networking;

/// <summary>Tells when this machine's links, addresses or routes change, as the kernel announces it. One reader.</summary>
internal sealed class MachineMonitor : IDisposable
{
    private const uint LinkGroup = 0x1;
    private const uint AddressGroup = 0x10;
    private const uint RouteGroup = 0x40;
    private const int BufferBytes = 32 * 1_024;

    private readonly Socket _socket;

    private MachineMonitor(Socket socket) => _socket = socket;

    /// <summary>Of the network namespace of the calling thread. Changes from here on are not missed.</summary>
    public static MachineMonitor Open()
    {
        using var opened = Libc.OpenRouteSocket(LinkGroup | AddressGroup | RouteGroup);
        var handle = new SafeSocketHandle(opened.DangerousGetHandle(), ownsHandle: true);
        opened.SetHandleAsInvalid();
        return new MachineMonitor(new Socket(handle));
    }

    /// <summary>
    /// Yields after changes, until cancelled: once for many that come together. Links for which
    /// <paramref name="ignore"/> says so do not count.
    /// </summary>
    public async IAsyncEnumerable<bool> ReadAllAsync(
        Func<string, bool> ignore, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var received = await ReceiveAsync(buffer, cancellationToken);
            if (received is null || Matters(buffer.AsSpan(0, received.Value), ignore))
            {
                yield return true;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Null when the kernel had to drop announcements: anything may have changed.</summary>
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

    private static bool Matters(ReadOnlySpan<byte> datagram, Func<string, bool> ignore)
    {
        var reader = new NetlinkReader(datagram);
        while (reader.TryReadMessage(out var message))
        {
            var isLink = message.Type is (ushort)RouteMessage.NewLink or (ushort)RouteMessage.DeleteLink;
            if (!isLink || RouteParser.Link(message) is not { } link || !ignore(link.Name))
            {
                return true;
            }
        }

        return false;
    }
}
