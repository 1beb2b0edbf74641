using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace MiniKube.Networking;

/// <summary>
/// Names and hardware addresses of an instance's links. The name of a pod's link tells the pod's place in the CIDR.
/// </summary>
internal sealed class PodLinks(string instanceName)
{
    /// <summary>What the pod sees.</summary>
    public const string PodSide = "eth0";

    public string Bridge => instanceName;

    /// <summary>The node's end of the veth pair of the pod with the n-th address.</summary>
    public string NodeSide(int offset) => $"{instanceName}{offset:x4}";

    /// <summary>The offset in a name made by <see cref="NodeSide"/>, or null for any other name.</summary>
    public int? OffsetOf(string link)
    {
        const int Digits = 4;
        if (link.Length != instanceName.Length + Digits || !link.StartsWith(instanceName, StringComparison.Ordinal))
        {
            return null;
        }

        var digits = link.AsSpan(instanceName.Length);
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : null;
    }

    /// <summary>
    /// Locally administered and made of the IP, so that neighbours' caches stay right when an address is used again.
    /// </summary>
    public static byte[] HardwareAddress(IPAddress address) => [0x0a, 0x58, .. address.GetAddressBytes()];

    /// <summary>
    /// Fixed per instance: a bridge without one takes over that of a port, and loses it with the port.
    /// </summary>
    public byte[] BridgeHardwareAddress()
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(instanceName));
        return [0x0a, 0x59, .. hash.AsSpan(0, 4)];
    }
}

/// <summary>Arithmetic on the addresses of an IPv4 network.</summary>
internal static class IPv4Networks
{
    public static uint ToNumber(this IPAddress address)
        => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    public static IPAddress ToAddress(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }

    public static IPAddress AddressAt(this IPNetwork network, int offset)
        => ToAddress(network.BaseAddress.ToNumber() + (uint)offset);

    public static int OffsetOf(this IPNetwork network, IPAddress address)
        => (int)(address.ToNumber() - network.BaseAddress.ToNumber());

    /// <summary>How many addresses the network has.</summary>
    public static long Size(this IPNetwork network) => 1L << (32 - network.PrefixLength);

    public static bool Overlaps(this IPNetwork one, IPNetwork other)
        => one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);
}
