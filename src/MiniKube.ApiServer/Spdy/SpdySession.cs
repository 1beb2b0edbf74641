using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace MiniKube.ApiServer;

/// <summary>
/// The server's side of SPDY/3.1 as Kubernetes' clients use it: they open streams, both sides send data and end their direction.
/// No flow control, since those clients know none: a stream that is not read holds the others up once its buffer is full.
/// https://datatracker.ietf.org/doc/html/draft-mbelshe-httpbis-spdy-00
/// </summary>
internal sealed class SpdySession(Stream transport) : IDisposable
{
    // A client copies in pieces of 32 KiB.
    private const int FrameBytesMax = 1024 * 1024;

    // Two per forwarded connection; browsers open dozens at a time.
    private const int StreamsMax = 1_000;

    private const int HeaderBytes = 8;
    private const ushort Control = 0x8003;
    private const byte Fin = 1;

    private readonly Channel<SpdyStream> _opened = Channel.CreateBounded<SpdyStream>(StreamsMax);
    private readonly ConcurrentDictionary<uint, SpdyStream> _streams = new();
    private readonly SpdyHeaderReader _headers = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private bool _hasSentHeaders;

    private enum FrameType : ushort
    {
        SynStream = 1,
        SynReply = 2,
        RstStream = 3,
        Settings = 4,
        Ping = 6,
        GoAway = 7,
        Headers = 8,
        WindowUpdate = 9,
    }

    /// <summary>The streams the client opens, accepted; ends with the connection.</summary>
    public ChannelReader<SpdyStream> Opened => _opened.Reader;

    /// <summary>Reads until the client has gone. Every stream has ended then.</summary>
    /// <exception cref="IOException">The connection broke, or what came is no SPDY.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var header = new byte[HeaderBytes];
            while (await transport.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellationToken) == HeaderBytes)
            {
                await TakeAsync(header, cancellationToken);
            }
        }
        finally
        {
            _opened.Writer.TryComplete();
            foreach (var stream in _streams.Values)
            {
                stream.EndInput();
            }
        }
    }

    public void Dispose()
    {
        _headers.Dispose();
        _sending.Dispose();
    }

    /// <summary>Sends data of a stream, or the end of its direction with the last of it.</summary>
    public Task SendDataAsync(uint stream, ReadOnlyMemory<byte> data, bool isLast, CancellationToken cancellationToken)
    {
        var frame = new byte[HeaderBytes + data.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, stream);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)data.Length | (isLast ? (uint)Fin << 24 : 0));
        data.CopyTo(frame.AsMemory(HeaderBytes));
        return SendAsync(frame, cancellationToken);
    }

    private async Task TakeAsync(byte[] header, CancellationToken cancellationToken)
    {
        var first = BinaryPrimitives.ReadUInt32BigEndian(header);
        var second = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        var flags = (byte)(second >> 24);
        var length = (int)(second & 0xFFFFFF);
        if (length > FrameBytesMax)
        {
            throw new SpdyException($"a frame is over {FrameBytesMax} bytes");
        }

        var payload = new byte[length];
        await transport.ReadExactlyAsync(payload, cancellationToken);
        if ((first & 0x80000000) == 0)
        {
            await TakeDataAsync(first, payload, (flags & Fin) != 0, cancellationToken);
            return;
        }

        if (first >> 16 != Control)
        {
            throw new SpdyException("a frame is of another version than SPDY/3");
        }

        await TakeControlAsync((FrameType)(first & 0xFFFF), payload, (flags & Fin) != 0, cancellationToken);
    }

    private async Task TakeDataAsync(uint id, byte[] data, bool isLast, CancellationToken cancellationToken)
    {
        // Data of a stream that was given up is on its way a little longer.
        if (_streams.TryGetValue(id, out var stream))
        {
            await stream.TakeAsync(data, cancellationToken);
            if (isLast)
            {
                stream.EndInput();
            }
        }
    }

    private async Task TakeControlAsync(FrameType type, byte[] payload, bool isLast, CancellationToken cancellationToken)
    {
        switch (type)
        {
            case FrameType.SynStream when payload.Length >= 10:
                await OpenAsync(payload, isLast, cancellationToken);
                break;
            case FrameType.RstStream when payload.Length >= 4 && _streams.TryRemove(Number(payload), out var ended):
                ended.EndInput();
                break;
            case FrameType.Ping:
                await SendControlAsync(FrameType.Ping, payload, cancellationToken);
                break;
            case FrameType.Headers when payload.Length >= 4:
                _headers.Read(payload.AsSpan(4)); // The blocks are one stream: none may be left out.
                break;
        }
    }

    private async Task OpenAsync(byte[] payload, bool isLast, CancellationToken cancellationToken)
    {
        var id = Number(payload);
        var stream = new SpdyStream(this, id, _headers.Read(payload.AsSpan(10)));
        if (_streams.Count >= StreamsMax || !_streams.TryAdd(id, stream) || !_opened.Writer.TryWrite(stream))
        {
            throw new SpdyException($"the client opens too many streams, or number {id} twice");
        }

        if (isLast)
        {
            stream.EndInput();
        }

        await ReplyAsync(id, cancellationToken);
    }

    // A reply without headers: their number, four bytes of zero. Stored, so that no dictionary is needed to write it.
    private Task ReplyAsync(uint id, CancellationToken cancellationToken)
    {
        using var payload = new MemoryStream();
        payload.Write(Bytes(id));
        if (!_hasSentHeaders)
        {
            _hasSentHeaders = true;
            payload.Write([0x78, 0xBB]); // zlib, with a dictionary; RFC 1950, section 2.2
            payload.Write(Bytes(SpdyDictionary.Id));
        }

        payload.Write(StoredBlock.Of([0, 0, 0, 0]));
        payload.Write(StoredBlock.Empty);
        return SendControlAsync(FrameType.SynReply, payload.ToArray(), cancellationToken);
    }

    /// <summary>Forgets a stream of which both directions have ended.</summary>
    public void Forget(uint stream) => _streams.TryRemove(stream, out _);

    private Task SendControlAsync(FrameType type, byte[] payload, CancellationToken cancellationToken)
    {
        var frame = new byte[HeaderBytes + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, Control);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)payload.Length);
        payload.CopyTo(frame.AsSpan(HeaderBytes));
        return SendAsync(frame, cancellationToken);
    }

    private async Task SendAsync(byte[] frame, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await transport.WriteAsync(frame, cancellationToken);
            await transport.FlushAsync(cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    private static uint Number(byte[] payload) => BinaryPrimitives.ReadUInt32BigEndian(payload) & 0x7FFFFFFF;

    private static byte[] Bytes(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
