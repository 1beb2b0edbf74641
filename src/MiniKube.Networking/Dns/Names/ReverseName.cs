using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace MiniKube.Networking;

/// <summary>Names below <c>in-addr.arpa</c> (RFC 1035, section 3.5) and <c>ip6.arpa</c> (RFC 3596, section 2.5).</summary>
internal static class ReverseName
{
    private const int OctetsIPv4 = 4;
    private const int NibblesIPv6 = 32;

    /// <summary>The address, or the leading bytes of one: <c>43.10.in-addr.arpa</c> has two.</summary>
    public static bool TryParse(ReadOnlySpan<string> labels, [NotNullWhen(true)] out byte[]? prefix)
    {
        prefix = labels switch
        {
            [.. var octets, "in-addr", "arpa"] when octets.Length <= OctetsIPv4 => Octets(octets),
            [.. var nibbles, "ip6", "arpa"] when nibbles.Length == NibblesIPv6 => Nibbles(nibbles),
            _ => null,
        };
        return prefix is not null;
    }

    /// <summary>
    /// The zone of ours that the prefix is in: those of a range are cut at whole octets, as delegations are. Null when none is.
    /// </summary>
    public static string[]? ZoneOf(byte[] prefix, IEnumerable<IPNetwork> ranges)
    {
        foreach (var range in ranges)
        {
            var octets = (range.PrefixLength + 7) / 8;
            if (prefix.Length is <= OctetsIPv4 && prefix.Length >= octets && range.Contains(AddressOf(prefix)))
            {
                return [.. prefix[..octets].Reverse().Select(static one => one.ToString(CultureInfo.InvariantCulture)), "in-addr", "arpa"];
            }
        }

        return null;
    }

    private static IPAddress AddressOf(byte[] prefix) => new([.. prefix, .. new byte[OctetsIPv4 - prefix.Length]]);

    private static byte[]? Octets(ReadOnlySpan<string> labels)
    {
        var octets = new byte[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var label = labels[^(i + 1)];
            if (!byte.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out octets[i])
                || label != octets[i].ToString(CultureInfo.InvariantCulture))
            {
                return null;
            }
        }

        return octets;
    }

    private static byte[]? Nibbles(ReadOnlySpan<string> labels)
    {
        var bytes = new byte[NibblesIPv6 / 2];
        for (var i = 0; i < NibblesIPv6; i++)
        {
            var label = labels[^(i + 1)];
            if (label.Length != 1 || !char.IsAsciiHexDigit(label[0]))
            {
                return null;
            }

            bytes[i / 2] |= (byte)(Convert.ToInt32(label, 16) << (i % 2 == 0 ? 4 : 0));
        }

        return bytes;
    }
}
