using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MiniKube.Networking;

/// <summary>
/// A conversation with the kernel's routing subsystem in one network namespace: the one it was opened in. The kernel
/// answers within the call that asks, so nothing here waits for the network. Thread-safe: one request at a time.
/// </summary>
internal sealed class NetlinkSocket(SafeFileHandle handle) : IDisposable
{
    // The kernel fills dump datagrams up to 32 KiB when the reader offers so much.
    private const int BufferBytes = 32 * 1_024;

    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private uint _sequence;

    /// <summary>Opened in the network namespace of this process.</summary>
    public static NetlinkSocket Open() => new(Libc.OpenRouteSocket(groups: 0));

    /// <summary>As <see cref="Open"/>, to the connection tracking.</summary>
    public static NetlinkSocket OpenNetfilter() => new(Libc.OpenNetfilterSocket());

    /// <summary>Opened in the network namespace at a path; this process stays where it is.</summary>
    public static NetlinkSocket OpenIn(string namespacePath)
        => NetworkNamespace.Run(namespacePath, Open);

    /// <summary>Makes a change and waits for its acknowledgement.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Execute(NetlinkRequest request, string attempt)
    {
        var errno = TryExecute(request, out var kernelMessage);
        if (errno != Errno.None)
        {
            throw new NetlinkException(attempt, errno, kernelMessage);
        }
    }

    /// <summary>
    /// Makes a change; failures in <paramref name="harmless"/> are fine. False when it was one of those.
    /// </summary>
    public bool Execute(NetlinkRequest request, string attempt, params ReadOnlySpan<Errno> harmless)
    {
        var errno = TryExecute(request, out var kernelMessage);
        if (errno == Errno.None)
        {
            return true;
        }

        return harmless.Contains(errno) ? false : throw new NetlinkException(attempt, errno, kernelMessage);
    }

    /// <summary>
    /// Reads every object a request asks for; <paramref name="parse"/> returns null for what is not wanted. A failure
    /// in
    /// <paramref name="harmless"/> means there is none.
    /// </summary>
    public List<T> Dump<T>(
        NetlinkRequest request, string attempt, Func<NetlinkMessage, T?> parse, params ReadOnlySpan<Errno> harmless)
        where T : class
    {
        lock (_gate)
        {
            var found = new List<T>();
            var sequence = SendLocked(request);
            Errno? end;
            string? kernelMessage;
            do
            {
                end = ReadDumpLocked(sequence, parse, found, out kernelMessage);
            }
            while (end is null);

            return end == Errno.None || harmless.Contains(end.Value)
                ? found
                : throw new NetlinkException(attempt, end.Value, kernelMessage);
        }
    }

    public void Dispose() => handle.Dispose();

    private Errno TryExecute(NetlinkRequest request, out string? kernelMessage)
    {
        lock (_gate)
        {
            var sequence = SendLocked(request);
            while (true)
            {
                var reader = new NetlinkReader(ReceiveLocked());
                while (reader.TryReadMessage(out var message))
                {
                    if (message.Sequence == sequence && message.Type == NetlinkMessage.Error)
                    {
                        return ParseError(message.Body, out kernelMessage);
                    }
                }
            }
        }
    }

    /// <summary>Reads one datagram of a dump. Null when more follow, else how the dump ended.</summary>
    private Errno? ReadDumpLocked<T>(
        uint sequence, Func<NetlinkMessage, T?> parse, List<T> found, out string? kernelMessage)
        where T : class
    {
        kernelMessage = null;
        var reader = new NetlinkReader(ReceiveLocked());
        while (reader.TryReadMessage(out var message))
        {
            if (message.Sequence != sequence)
            {
                continue;
            }

            if (message.Type is NetlinkMessage.Done or NetlinkMessage.Error)
            {
                return ParseError(message.Body, out kernelMessage);
            }

            if (parse(message) is { } item)
            {
                found.Add(item);
            }
        }

        return null;
    }

    private uint SendLocked(NetlinkRequest request)
    {
        var sequence = ++_sequence;
        Libc.Send(handle, request.Finish(sequence));
        return sequence;
    }

    private ReadOnlySpan<byte> ReceiveLocked() => _buffer.AsSpan(0, Libc.Receive(handle, _buffer));

    private static Errno ParseError(ReadOnlySpan<byte> body, out string? kernelMessage)
    {
        const int MessageAttribute = 1;
        kernelMessage = null;
        var errno = (Errno)(-BinaryPrimitives.ReadInt32LittleEndian(body));
        // The error code, then the header of the request (NETLINK_CAP_ACK), then attributes that explain.
        var attributes = new NetlinkReader(body[Math.Min(body.Length, 4 + NetlinkRequest.HeaderBytes)..]);
        while (attributes.TryReadAttribute(out var type, out var value))
        {
            kernelMessage = type == MessageAttribute ? Encoding.UTF8.GetString(value.TrimEnd((byte)0)) : kernelMessage;
        }

        return errno;
    }
}
