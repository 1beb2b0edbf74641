using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MiniKube.ApiServer;

/// <summary>
/// Reads the header blocks of one connection, which are one zlib stream with a preset dictionary. The platform's inflater knows no
/// dictionaries, but one is nothing else than bytes that came before: they are fed to it first, as a stored block.
/// </summary>
internal sealed class SpdyHeaderReader : IDisposable
{
    // Port forwarding sends three headers of a few bytes; what is longer than this is not meant well.
    private const int HeaderBytesMax = 16 * 1024;
    private const int HeadersMax = 64;
    private const int ZlibHeaderBytes = 6;
    private const int HasDictionary = 0x20;

    private readonly BlockStream _blocks = new();
    private readonly DeflateStream _inflater;
    private bool _hasBegun;

    public SpdyHeaderReader() => _inflater = new DeflateStream(_blocks, CompressionMode.Decompress);

    /// <exception cref="SpdyException">The block cannot be read; the connection is of no use any more.</exception>
    public IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> block)
    {
        try
        {
            Offer(block);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            for (var left = ReadNumber(HeadersMax); left > 0; left--)
            {
                headers[ReadText()] = ReadText();
            }

            return headers;
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException)
        {
            throw new SpdyException($"a header block cannot be read: {broken.Message}", broken);
        }
    }

    public void Dispose() => _inflater.Dispose();

    private void Offer(ReadOnlySpan<byte> block)
    {
        if (_hasBegun)
        {
            _blocks.Offer(block);
            return;
        }

        if (block.Length < ZlibHeaderBytes || (block[1] & HasDictionary) == 0
            || BinaryPrimitives.ReadUInt32BigEndian(block[2..]) != SpdyDictionary.Id)
        {
            throw new SpdyException("the first header block does not name SPDY's dictionary");
        }

        _hasBegun = true;
        _blocks.Offer(StoredBlock.Of(SpdyDictionary.Bytes));
        _blocks.Offer(block[ZlibHeaderBytes..]);
        _inflater.ReadExactly(new byte[SpdyDictionary.Bytes.Length]);
    }

    private string ReadText()
    {
        var bytes = new byte[ReadNumber(HeaderBytesMax)];
        _inflater.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private int ReadNumber(int most)
    {
        Span<byte> bytes = stackalloc byte[4];
        _inflater.ReadExactly(bytes);
        var number = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return number <= most ? (int)number : throw new SpdyException($"a header block holds the size {number}; {most} is the most");
    }

    /// <summary>What has arrived and was not inflated yet.</summary>
    private sealed class BlockStream : MemoryStream
    {
        public void Offer(ReadOnlySpan<byte> bytes)
        {
            var left = ToArray()[(int)Position..];
            SetLength(0);
            Position = 0;
            Write(left);
            Write(bytes);
            Position = 0;
        }
    }
}

/// <summary>Deflate's block without compression. RFC 1951, section 3.2.4.</summary>
internal static class StoredBlock
{
    /// <summary>What a compressor writes when it is flushed.</summary>
    public static ReadOnlySpan<byte> Empty => [0x00, 0x00, 0x00, 0xFF, 0xFF];

    public static byte[] Of(ReadOnlySpan<byte> bytes)
    {
        var block = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(1), checked((ushort)bytes.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(3), (ushort)~bytes.Length);
        bytes.CopyTo(block.AsSpan(5));
        return block;
    }
}

/// <summary>The other side does not speak SPDY as it should.</summary>
internal sealed class SpdyException(string message, Exception? cause = null) : IOException(message, cause);
