using System.Buffers.Binary;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// What precedes the records that were made durable together. 32 bytes, little-endian: magic (4), length of the payload
/// (4), first revision (8), number of records (4), CRC-32C of the payload (4), zero (4), CRC-32C of the 28 bytes before
/// (4). Frames start at multiples of 32 bytes: a header then never straddles two sectors, so it is on the disk whole or
/// not at all.
/// </summary>
internal readonly record struct FrameHeader(int PayloadBytes, Revision First, int Records, uint PayloadChecksum)
{
    public const int Bytes = 32;

    /// <summary>
    /// Fills frames up to a multiple of 32 bytes. Not zero: a sector of zeros is one that was never written.
    /// </summary>
    public const byte Padding = 0xA5;

    private const int ChecksumAt = Bytes - sizeof(uint);

    /// <summary>Not valid UTF-8, so no JSON in a payload looks like a frame.</summary>
    public static ReadOnlySpan<byte> Magic => [0xFE, (byte)'M', (byte)'K', 0xFF];

    public void Write(Span<byte> header)
    {
        header[..Bytes].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], PayloadBytes);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], First.Value);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], Records);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], PayloadChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumAt..], Crc32C.Of(header[..ChecksumAt]));
    }

    /// <summary>False when the bytes are no whole, undamaged header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < Bytes
            || !bytes.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) != Crc32C.Of(bytes[..ChecksumAt]))
        {
            return false;
        }

        header = new FrameHeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            new Revision(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..])),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]));
        return header is { PayloadBytes: >= 0, Records: > 0 };
    }
}
