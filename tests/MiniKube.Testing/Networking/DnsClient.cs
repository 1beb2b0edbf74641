using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Makaretu.Dns;

namespace MiniKube.Testing;

/// <summary>Asks a DNS server as programs do, and reads the answer with a library that is not the server's own reader.</summary>
public static class DnsClient
{
    /// <summary>A query as bytes.</summary>
    public static byte[] Query(string name, DnsType type, int? payload = null, ushort id = 4711)
    {
        var message = new Message { Id = id, RD = true, Questions = { new Question { Name = name, Type = type } } };
        if (payload is { } bytes)
        {
            message.AdditionalRecords.Add(new OPTRecord { RequestorPayloadSize = (ushort)bytes });
        }

        return message.ToByteArray();
    }

    /// <summary>Reads a message; throws when it is none.</summary>
    public static Message Read(byte[] packet) => (Message)new Message().Read(packet);

    /// <summary>The answer over UDP.</summary>
    public static async Task<Message> AskAsync(
        IPEndPoint server, string name, DnsType type, CancellationToken cancellationToken, int? payload = 1_232)
        => Read(await ExchangeAsync(server, Query(name, type, payload), cancellationToken));

    /// <summary>Sends any bytes over UDP and returns what comes back.</summary>
    public static async Task<byte[]> ExchangeAsync(IPEndPoint server, byte[] packet, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(packet, cancellationToken);
        var buffer = new byte[65_535];
        return buffer[..await socket.ReceiveAsync(buffer, cancellationToken)];
    }

    /// <summary>Sends the queries one after the other over one TCP connection, and then reads as many answers.</summary>
    public static async Task<IReadOnlyList<byte[]>> StreamAsync(
        IPEndPoint server, IReadOnlyList<byte[]> queries, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellationToken);
        await using var stream = new NetworkStream(socket);
        foreach (var query in queries)
        {
            await stream.WriteAsync(Framed(query), cancellationToken);
        }

        var answers = new List<byte[]>();
        while (answers.Count < queries.Count)
        {
            answers.Add(await ReadFramedAsync(stream, cancellationToken));
        }

        return answers;
    }

    /// <summary>The packet with its length before it.</summary>
    public static byte[] Framed(byte[] packet) => [(byte)(packet.Length >> 8), (byte)packet.Length, .. packet];

    /// <summary>The next packet of a stream.</summary>
    public static async Task<byte[]> ReadFramedAsync(Stream stream, CancellationToken cancellationToken)
    {
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellationToken);
        var packet = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(packet, cancellationToken);
        return packet;
    }
}
