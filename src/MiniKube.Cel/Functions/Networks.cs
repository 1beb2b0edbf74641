using System.Net;
using System.Net.Sockets;
using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>
/// Addresses and networks, as Kubernetes has them: no zones, no IPv4 in IPv6, no leading zeros.
/// https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library
/// </summary>
internal static class Networks
{
    public static Dictionary<string, Function> Global { get; } = new()
    {
        ["ip"] = static (_, a) => a is [string text] ? IsAddress(text, out var address) ? address
            : new CelError($"IP Address {Quote(text)} parse error during conversion from string") : CelError.NoOverload,
        ["isIP"] = static (_, a) => a is [string text] ? Boxes.Of(IsAddress(text, out var _)) : CelError.NoOverload,
        ["ip.isCanonical"] = static (_, a) => a is [string text]
            ? IsAddress(text, out var address) ? Boxes.Of(address!.ToString() == text)
                : new CelError($"IP Address {Quote(text)} parse error during conversion from string")
            : CelError.NoOverload,
        ["cidr"] = static (_, a) => a is [string text] ? IsNetwork(text, out var network) ? network
            : new CelError($"network address parse error during conversion from string: {Quote(text)}") : CelError.NoOverload,
        ["isCIDR"] = static (_, a) => a is [string text] ? Boxes.Of(IsNetwork(text, out var _)) : CelError.NoOverload,
    };

    public static Dictionary<string, Function> Member { get; } = new()
    {
        ["family"] = Of(static address => address.AddressFamily == AddressFamily.InterNetwork ? 4L : 6L),
        ["isUnspecified"] = Of(static address => Boxes.Of(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))),
        ["isLoopback"] = Of(static address => Boxes.Of(IPAddress.IsLoopback(address))),
        ["isLinkLocalMulticast"] = Of(static address => Boxes.Of(IsWithin(address, "224.0.0.0/24", "ff02::/16"))),
        ["isLinkLocalUnicast"] = Of(static address => Boxes.Of(IsWithin(address, "169.254.0.0/16", "fe80::/10"))),
        ["isGlobalUnicast"] = Of(static address => Boxes.Of(IsGlobal(address))),
        ["containsIP"] = static (_, a) => a switch
        {
            [CelNetwork network, IPAddress address] => Boxes.Of(network.Range.Contains(address)),
            [CelNetwork network, string text] when IsAddress(text, out var address) => Boxes.Of(network.Range.Contains(address!)),
            _ => CelError.NoOverload,
        },
        ["containsCIDR"] = static (_, a) => a switch
        {
            [CelNetwork outer, CelNetwork inner] => Boxes.Of(outer.Contains(inner)),
            [CelNetwork outer, string text] when IsNetwork(text, out var inner) => Boxes.Of(outer.Contains(inner!)),
            _ => CelError.NoOverload,
        },
        ["ip"] = static (_, a) => a is [CelNetwork network] ? network.Address : CelError.NoOverload,
        ["masked"] = static (_, a) => a is [CelNetwork network]
            ? new CelNetwork(network.Range.BaseAddress, network.Range)
            : CelError.NoOverload,
        ["prefixLength"] = static (_, a) => a is [CelNetwork network] ? (long)network.Range.PrefixLength : CelError.NoOverload,
    };

    private static Function Of(Func<IPAddress, object> read) => (_, a) => a is [IPAddress address] ? read(address) : CelError.NoOverload;

    private static bool IsAddress(string text, out IPAddress? address)
    {
        var isPlain = !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal);
        return IPAddress.TryParse(text, out address) && isPlain && address.AddressFamily switch
        {
            AddressFamily.InterNetwork => address.ToString() == text, // Neither short forms nor leading zeros.
            _ => !address.IsIPv4MappedToIPv6,
        };
    }

    private static bool IsNetwork(string text, out CelNetwork? network)
    {
        network = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IsAddress(text[..slash], out var address) || !IsPrefix(text[(slash + 1)..], address!, out var length))
        {
            return false;
        }

        var bytes = address!.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        network = new CelNetwork(address, new IPNetwork(new IPAddress(bytes), length));
        return true;
    }

    private static bool IsPrefix(string text, IPAddress address, out int length)
        => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out length)
            && (text == "0" || text[0] != '0') && length <= address.GetAddressBytes().Length * 8;

    private static bool IsWithin(IPAddress address, string four, string six)
        => IPNetwork.Parse(address.AddressFamily == AddressFamily.InterNetwork ? four : six).Contains(address);

    private static bool IsGlobal(IPAddress address)
        => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.Broadcast)
            && !IPAddress.IsLoopback(address) && !IsWithin(address, "224.0.0.0/4", "ff00::/8")
            && !IsWithin(address, "169.254.0.0/16", "fe80::/10");

    private static string Quote(string text) => $"\"{text}\"";
}

/// <summary>A network and the address it was written with.</summary>
internal sealed record CelNetwork(IPAddress Address, IPNetwork Range)
{
    public bool Contains(CelNetwork inner) => inner.Range.PrefixLength >= Range.PrefixLength && Range.Contains(inner.Range.BaseAddress);

    public override string ToString() => $"{Address}/{Range.PrefixLength}";
}
