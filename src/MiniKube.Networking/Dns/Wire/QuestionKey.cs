using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace MiniKube.Networking;

/// <summary>
/// What decides an answer, as bytes: the name in lower case, the type, and whether DNSSEC records or unchecked data are wanted.
/// </summary>
internal static class QuestionKey
{
    public const int BytesMax = DnsWire.NameBytesMax + 3;

    private const byte DnssecOk = 1;
    private const byte CheckingDisabled = 2;
    private const byte AuthenticData = 4;

    /// <summary>Writes the key of a query; returns its length.</summary>
    public static int Write(ReadOnlySpan<byte> packet, DnsQuery query, Span<byte> key)
    {
        var name = query.NameIn(packet);
        for (var i = 0; i < name.Length; i++)
        {
            key[i] = DnsWire.ToLower(name[i]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(key[name.Length..], query.Type);
        key[name.Length + 2] = (byte)((query.DnssecOk ? DnssecOk : 0)
            | (query.Flags.HasFlag(DnsFlags.CheckingDisabled) ? CheckingDisabled : 0)
            | (query.Flags.HasFlag(DnsFlags.AuthenticData) ? AuthenticData : 0));
        return name.Length + 3;
    }

    /// <summary>The key of a question of our own, without wishes.</summary>
    public static byte[] Of(ReadOnlySpan<byte> loweredName, ushort type)
    {
        var key = new byte[loweredName.Length + 3];
        loweredName.CopyTo(key);
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(loweredName.Length), type);
        return key;
    }

    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> key) => key[..^3];

    public static ushort TypeOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt16BigEndian(key[^3..]);

    public static bool WantsDnssec(ReadOnlySpan<byte> key) => (key[^1] & DnssecOk) != 0;

    /// <summary>The flags of a query that asks this of another server.</summary>
    public static DnsFlags FlagsOf(ReadOnlySpan<byte> key)
        => DnsFlags.RecursionDesired
        | ((key[^1] & CheckingDisabled) != 0 ? DnsFlags.CheckingDisabled : DnsFlags.None)
        | ((key[^1] & AuthenticData) != 0 ? DnsFlags.AuthenticData : DnsFlags.None);

    /// <summary>Compares keys; takes spans where a dictionary has arrays.</summary>
    public sealed class Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static Comparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        // Seeded per process, so that nobody can choose names that fall together.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
