using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// Which sandbox has which address of the pod CIDR. The first address is the gateway's. Addresses go round: one given
/// back is not given out again before all others were. Not thread-safe.
/// </summary>
internal sealed class AddressPool(IPNetwork podCidr, AddressLeases leases)
{
    private const int FirstPodOffset = 2;

    // Offsets are part of a link's name, four hex digits.
    private const int OffsetMax = 0xffff;

    private readonly Dictionary<string, int> _bySandbox =
        leases.Sandboxes.ToDictionary(lease => lease.Key, lease => podCidr.OffsetOf(IPAddress.Parse(lease.Value)));

    private readonly HashSet<int> _used =
        [.. leases.Sandboxes.Values.Select(address => podCidr.OffsetOf(IPAddress.Parse(address)))];

    private int _last = leases.Last;

    public IPAddress Gateway => podCidr.AddressAt(1);

    /// <summary>What to keep on disk.</summary>
    public AddressLeases Leases => new()
    {
        PodCidr = podCidr.ToString(),
        Last = _last,
        Sandboxes = _bySandbox.ToDictionary(lease => lease.Key, lease => podCidr.AddressAt(lease.Value).ToString()),
    };

    /// <summary>The sandbox's offset, or null when it has none.</summary>
    public int? Find(string sandboxId) => _bySandbox.TryGetValue(sandboxId, out var offset) ? offset : null;

    /// <summary>Keeps an address from being given out, because something of unknown owner has it.</summary>
    public void Reserve(int offset) => _used.Add(offset);

    /// <summary>The sandbox's address, a new one if it has none.</summary>
    /// <exception cref="InvalidOperationException">Every address is in use.</exception>
    public int Lease(string sandboxId)
    {
        if (Find(sandboxId) is { } present)
        {
            return present;
        }

        var offset = NextFree();
        _bySandbox.Add(sandboxId, offset);
        _used.Add(offset);
        _last = offset;
        return offset;
    }

    /// <summary>Gives the address back. False when the sandbox had none.</summary>
    public bool Release(string sandboxId)
        => _bySandbox.Remove(sandboxId, out var offset) && _used.Remove(offset);

    private int NextFree()
    {
        var lastPodOffset = (int)Math.Min(podCidr.Size() - 2, OffsetMax);
        var count = lastPodOffset - FirstPodOffset + 1;
        var start = Math.Max(_last + 1 - FirstPodOffset, 0);
        for (var step = 0; step < count; step++)
        {
            var offset = FirstPodOffset + ((start + step) % count);
            if (!_used.Contains(offset))
            {
                return offset;
            }
        }

        throw new InvalidOperationException(
            $"all {Math.Max(count, 0)} pod addresses of {podCidr} are in use; "
            + "delete pods or give the node a larger pod CIDR");
    }
}
