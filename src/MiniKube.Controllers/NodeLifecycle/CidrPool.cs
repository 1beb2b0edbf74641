using System.Net;

namespace MiniKube.Controllers;

/// <summary>
/// Divides the cluster's range into equal parts, one per node. A part given back is used again only after all others,
/// so that traffic for a node that is gone does not reach its successor. Not thread-safe.
/// </summary>
internal sealed class CidrPool
{
    private readonly IPNetwork _range;
    private readonly int _prefix;
    private readonly HashSet<int> _taken = [];
    private int _next;

    public CidrPool(IPNetwork range, int prefix)
    {
        if (range.BaseAddress.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork)
        {
            throw new ArgumentException($"the cluster's range {range} must be IPv4");
        }

        _range = range;
        _prefix = prefix;
    }

    private int PartsMax => 1 << (_prefix - _range.PrefixLength);

    /// <summary>Marks a part as in use. False when it is not one of ours or is in use already.</summary>
    public bool Take(string cidr) => IndexOf(cidr) is { } index && _taken.Add(index);

    /// <summary>A free part, now in use; null when there is none.</summary>
    public string? TakeNext()
    {
        for (var tried = 0; tried < PartsMax; tried++)
        {
            var index = _next;
            _next = (_next + 1) % PartsMax;
            if (_taken.Add(index))
            {
                return At(index);
            }
        }

        return null;
    }

    /// <summary>Gives a part back; what is not ours is ignored.</summary>
    public void Release(string cidr)
    {
        if (IndexOf(cidr) is { } index)
        {
            _taken.Remove(index);
        }
    }

    private string At(int index)
    {
        var address = ToNumber(_range.BaseAddress) + ((uint)index << (32 - _prefix));
        return $"{new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address])}/{_prefix}";
    }

    private int? IndexOf(string cidr)
        => IPNetwork.TryParse(cidr, out var part) && part.PrefixLength == _prefix && _range.Contains(part.BaseAddress)
            ? (int)((ToNumber(part.BaseAddress) - ToNumber(_range.BaseAddress)) >> (32 - _prefix))
            : null;

    private static uint ToNumber(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
    }
}
