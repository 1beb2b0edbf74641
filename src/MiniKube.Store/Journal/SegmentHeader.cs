using System.Buffers.Binary;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// The first 32 bytes of a journal file, little-endian: magic (8), format version (4), zero (4), first revision (8),
/// zero (4), CRC-32C of the 28 bytes before (4).
/// </summary>
internal static class SegmentHeader
{
    public const int Bytes = 32;

    /// <summary>What this version writes; it reads the ones before too. 2: values may be sealed.</summary>
    public const int FormatVersion = 2;

    private const int ChecksumAt = Bytes - sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "MKJRNL\r\n"u8;

    public static void Write(Span<byte> header, Revision first)
    {
        header[..Bytes].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], first.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumAt..], Crc32C.Of(header[..ChecksumAt]));
    }

    /// <summary>False when the bytes are no whole, undamaged header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out int formatVersion, out Revision first)
    {
        formatVersion = 0;
        first = Revision.Zero;
        if (bytes.Length < Bytes
            || !bytes.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) != Crc32C.Of(bytes[..ChecksumAt]))
        {
            return false;
        }

        formatVersion = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        first = new Revision(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
        return true;
    }
}
