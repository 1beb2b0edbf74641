using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace MiniKube.Networking;

/// <summary>Who talks to a UDP frontend: the client, and which of the node's addresses it talks to.</summary>
internal readonly record struct UdpClientAddress(IPEndPoint Client, IPAddress Local);

/// <summary>
/// One client's exchange with one endpoint: a connected socket, so that answers come back to it alone. Ends when the
/// endpoint refuses or the session is closed.
/// </summary>
internal sealed class UdpSession : IDisposable
{
    private const int DatagramBytesMax = 65_535;

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TimeProvider _time;
    private long _lastUsed;

    public UdpSession(UdpClientAddress address, IPEndPoint endpoint, TimeProvider time)
    {
        Address = address;
        Endpoint = endpoint;
        _time = time;
        _lastUsed = time.GetTimestamp();
        _server.Connect(endpoint);
    }

    public UdpClientAddress Address { get; }

    public IPEndPoint Endpoint { get; }

    /// <summary>The reading of answers, for the session's owner.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    /// <summary>True once disposed: datagrams need another session.</summary>
    public bool IsEnded => _server.SafeHandle.IsClosed;

    public TimeSpan IdleTime => _time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    /// <summary>Passes a datagram on; one the kernel does not take is lost, as datagrams are.</summary>
    public void Send(ReadOnlySpan<byte> datagram)
    {
        Volatile.Write(ref _lastUsed, _time.GetTimestamp());
        try
        {
            _server.Send(datagram, SocketFlags.None);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The endpoint refused an earlier one: the session is ending and the client's next datagram starts another.
        }
    }

    /// <summary>Gives every answer to <paramref name="reply"/>. Returns when the session ended.</summary>
    public async Task ReadAsync(Action<UdpClientAddress, ReadOnlySpan<byte>> reply)
    {
        var peeked = new byte[1];
        try
        {
            while (true)
            {
                // Thousands of sessions wait here; only one that has something holds a whole buffer.
                await _server.ReceiveAsync(peeked.AsMemory(), SocketFlags.Peek);
                Volatile.Write(ref _lastUsed, _time.GetTimestamp());
                ReadOne(reply);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Refused by the endpoint, or closed by the owner.
        }
    }

    public void Dispose() => _server.Dispose();

    private void ReadOne(Action<UdpClientAddress, ReadOnlySpan<byte>> reply)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(DatagramBytesMax);
        try
        {
            reply(Address, buffer.AsSpan(0, _server.Receive(buffer, SocketFlags.None)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
