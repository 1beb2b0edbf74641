using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace MiniKube.Networking;

/// <summary>
/// One question to one server: over UDP from a port of its own, over TCP when the answer is cut off. Null when the server cannot
/// be reached or talks nonsense.
/// </summary>
internal static class UpstreamExchange
{
    // Somebody who guesses ids gets as many tries; then the answer is waited for no longer.
    private const int StrayPacketsMax = 64;

    public static async Task<EncodedAnswer?> AskAsync(IPEndPoint server, byte[] key, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskOnceAsync(server, key, withEdns: true, cancellationToken);
            return answer is null or { Status: DnsStatus.FormatError or DnsStatus.NotImplemented }
                ? await AskOnceAsync(server, key, withEdns: false, cancellationToken) ?? answer
                : answer;
        }
        catch (Exception failed) when (failed is SocketException or EndOfStreamException or IOException)
        {
            return null;
        }
    }

    private static async Task<EncodedAnswer?> AskOnceAsync(
        IPEndPoint server, byte[] key, bool withEdns, CancellationToken cancellationToken)
    {
        var query = UpstreamQuery.Write(key, (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1), withEdns);
        var packet = await AskDatagramAsync(server, query, cancellationToken);
        if (packet is null || !EncodedAnswer.TryRead(packet, out var answer))
        {
            return packet is { Length: DnsWire.HeaderBytes } ? StatusOnly(query, packet) : null;
        }

        return answer.IsTruncated ? await AskStreamAsync(server, query, cancellationToken) ?? answer : answer;
    }

    private static async Task<byte[]?> AskDatagramAsync(IPEndPoint server, byte[] query, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // Connected: the kernel keeps out what comes from elsewhere, and tells when nobody listens there.
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(query, cancellationToken);
        var buffer = new byte[4 * 1_024];
        for (var strays = 0; strays < StrayPacketsMax; strays++)
        {
            var received = await socket.ReceiveAsync(buffer, cancellationToken);
            if (UpstreamQuery.IsAnswered(query, buffer.AsSpan(0, received)))
            {
                return buffer[..received];
            }
        }

        return null;
    }

    private static async Task<EncodedAnswer?> AskStreamAsync(IPEndPoint server, byte[] query, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server, cancellationToken);
            await using var stream = new NetworkStream(socket);
            var framed = new byte[query.Length + 2];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
            query.CopyTo(framed.AsSpan(2));
            await stream.WriteAsync(framed, cancellationToken);
            var length = new byte[2];
            await stream.ReadExactlyAsync(length, cancellationToken);
            var packet = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(packet, cancellationToken);
            return UpstreamQuery.IsAnswered(query, packet) && EncodedAnswer.TryRead(packet, out var answer) ? answer : null;
        }
        catch (Exception failed) when (failed is SocketException or IOException)
        {
            return null; // What came over UDP is better than nothing: it says itself that it is not all.
        }
    }

    /// <summary>A refusal without the question, as if it had one.</summary>
    private static EncodedAnswer? StatusOnly(byte[] query, byte[] header)
    {
        var end = DnsWire.HeaderBytes;
        DnsWire.TrySkipName(query, ref end);
        var whole = query[..(end + 4)];
        header.AsSpan(0, 4).CopyTo(whole);
        whole.AsSpan(6, 6).Clear();
        return EncodedAnswer.TryRead(whole, out var answer) ? answer : null;
    }
}
