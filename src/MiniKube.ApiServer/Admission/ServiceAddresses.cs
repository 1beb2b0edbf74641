using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MiniKube.ApiServer;

/// <summary>The addresses services may have, numbered: an IPv4 network without its first and last address.</summary>
internal sealed class ServiceAddresses
{
    private const int PrefixLengthMin = 12; // A million addresses; Kubernetes' limit too.
    private const int PrefixLengthMax = 28;

    private readonly uint _first;

    /// <exception cref="ArgumentException">The network is not one of IPv4, or of a size that makes no sense.</exception>
    public ServiceAddresses(string cidr)
    {
        if (!IPNetwork.TryParse(cidr, out var network) || network.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new ArgumentException($"service CIDR {cidr} is not an IPv4 network: give one such as 10.43.0.0/16", nameof(cidr));
        }

        if (network.PrefixLength is < PrefixLengthMin or > PrefixLengthMax)
        {
            throw new ArgumentException(
                $"service CIDR {cidr} must have a prefix from /{PrefixLengthMin} to /{PrefixLengthMax}", nameof(cidr));
        }

        Cidr = cidr;
        _first = Number(network.BaseAddress) + 1;
        var count = (1 << (32 - network.PrefixLength)) - 2;
        Range = new SlotRange(count, Math.Min(Math.Max(16, count / 16), Math.Min(256, count)));
    }

    public string Cidr { get; }

    public SlotRange Range { get; }

    /// <summary>Null for addresses outside the network.</summary>
    public int? SlotOf(string address)
    {
        if (!IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetwork)
        {
            return null;
        }

        var slot = (long)Number(parsed) - _first;
        return slot >= 0 && slot < Range.Count ? (int)slot : null;
    }

    public string AddressOf(int slot)
    {
        var address = _first + (uint)slot;
        return string.Create(CultureInfo.InvariantCulture,
            $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}");
    }

    private static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
