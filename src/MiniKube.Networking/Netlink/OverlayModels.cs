using System.Globalization;
using System.Net;

namespace MiniKube.Networking;

/// <summary>Six bytes that tell links of one segment apart.</summary>
internal readonly record struct HardwareAddress
{
    public const int Bytes = 6;

    private readonly ulong _value;

    public HardwareAddress(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Bytes);
        foreach (var one in bytes)
        {
            _value = (_value << 8) | one;
        }
    }

    public bool IsZero => _value == 0;

    /// <summary>The address in the form <c>0a:5a:0a:2a:01:01</c>, or null for any other text.</summary>
    public static HardwareAddress? TryParse(string? text)
    {
        var parts = text?.Split(':') ?? [];
        Span<byte> bytes = stackalloc byte[Bytes];
        if (parts.Length != Bytes)
        {
            return null;
        }

        for (var i = 0; i < Bytes; i++)
        {
            if (parts[i].Length != 2
                || !byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return null;
            }
        }

        return new HardwareAddress(bytes);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Bytes];
        for (var i = 0; i < Bytes; i++)
        {
            bytes[i] = (byte)(_value >> (8 * (Bytes - 1 - i)));
        }

        return bytes;
    }

    public override string ToString()
        => string.Join(':', ToArray().Select(static one => one.ToString("x2", CultureInfo.InvariantCulture)));
}

/// <summary>
/// A VXLAN device: RFC 7348. It learns nothing from what it hears; where frames go is written into its table.
/// </summary>
internal sealed record VxlanSpec(string Name, int Id, int Port, HardwareAddress HardwareAddress, int Mtu);

/// <summary>Which hardware address an IP has on a link, told instead of asked for.</summary>
internal sealed record Neighbour(IPAddress Address, HardwareAddress HardwareAddress);

/// <summary>Which machine a VXLAN device sends frames for a hardware address to.</summary>
internal sealed record ForwardingEntry(HardwareAddress HardwareAddress, IPAddress Machine);
