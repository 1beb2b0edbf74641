using System.Buffers.Binary;
using System.Numerics;

namespace MiniKube.Store;

/// <summary>
/// CRC-32C (Castagnoli), as in iSCSI and ext4; one processor instruction for eight bytes. RFC 3720, appendix B.4.
/// </summary>
internal static class Crc32C
{
    /// <summary>The checksum of the bytes, or of what the seed was made of followed by the bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        var crc = ~seed;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}
