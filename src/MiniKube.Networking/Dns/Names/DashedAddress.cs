using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace MiniKube.Networking;

/// <summary>An address as a label: <c>10-42-0-7</c>, <c>fd00--7</c>.</summary>
internal static class DashedAddress
{
    public static string Format(IPAddress address) => address.ToString().Replace('.', '-').Replace(':', '-');

    public static bool TryParse(string label, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        // Both ways of writing are tried as themselves only: IPAddress would take "7" or "10.1" too.
        var isFour = label.Count('-') == 3 && label.All(static c => char.IsAsciiDigit(c) || c == '-');
        if (isFour)
        {
            return IPAddress.TryParse(label.Replace('-', '.'), out address)
                && address.AddressFamily == AddressFamily.InterNetwork
                && Format(address) == label;
        }

        return label.All(static c => char.IsAsciiHexDigitLower(c) || c == '-')
            && IPAddress.TryParse(label.Replace('-', ':'), out address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private static int Count(this string text, char wanted) => text.AsSpan().Count(wanted);
}
