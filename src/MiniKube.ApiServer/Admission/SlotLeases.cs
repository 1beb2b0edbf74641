using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Numbered things of which each belongs to one object. Nobody has to give anything back: the store is the truth, and a lease ends
/// when its owner no longer holds the thing there. Only between being leased and being stored does the lease itself count, and then
/// not for long. Whoever does not care which gets one of the upper part first, so that the lower stays free for those who
/// choose. Thread-safe. https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/
/// </summary>
internal sealed class SlotLeases(SlotRange range, Random random, TimeProvider time)
{
    // A write takes milliseconds; what is not stored after this long was refused.
    private static readonly TimeSpan WriteTimeMax = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Lease> _leases = [];

    /// <summary>Notes that the owner holds the thing in the store.</summary>
    public void Confirm(int slot, ObjectKey owner)
    {
        lock (_gate)
        {
            _leases[slot] = new Lease(owner, 0, Stored: true);
        }
    }

    /// <summary>False when somebody else has it.</summary>
    /// <param name="slot">Which.</param>
    /// <param name="claim">Who asks.</param>
    public bool TryTake(int slot, SlotClaim claim)
    {
        lock (_gate)
        {
            if (!IsFreeLocked(slot, claim))
            {
                return false;
            }

            TakeLocked(slot, claim);
            return true;
        }
    }

    /// <summary>A free one, or null when there is none.</summary>
    public int? TakeAny(SlotClaim claim)
    {
        lock (_gate)
        {
            var slot = FindFreeLocked(range.LowerCount, range.Count, claim) ?? FindFreeLocked(0, range.LowerCount, claim);
            if (slot is { } found)
            {
                TakeLocked(found, claim);
            }

            return slot;
        }
    }

    private int? FindFreeLocked(int from, int to, SlotClaim claim)
    {
        var size = to - from;
        var start = size == 0 ? 0 : random.Next(size);
        for (var step = 0; step < size; step++)
        {
            var slot = from + ((start + step) % size);
            // One's own lease may be of this very request: only what nobody has is drawn.
            if (!_leases.TryGetValue(slot, out var lease) || (lease.Owner != claim.Owner && IsOverLocked(slot, lease, claim)))
            {
                return slot;
            }
        }

        return null;
    }

    private bool IsFreeLocked(int slot, SlotClaim claim)
        => !_leases.TryGetValue(slot, out var lease) || lease.Owner == claim.Owner || IsOverLocked(slot, lease, claim);

    private bool IsOverLocked(int slot, Lease lease, SlotClaim claim)
        => !claim.IsHeld(lease.Owner, slot) && (lease.Stored || time.GetElapsedTime(lease.Since) > WriteTimeMax);

    private void TakeLocked(int slot, SlotClaim claim)
    {
        if (!claim.DryRun)
        {
            _leases[slot] = new Lease(claim.Owner, time.GetTimestamp(), Stored: false);
        }
    }

    private readonly record struct Lease(ObjectKey Owner, long Since, bool Stored);
}

/// <summary>How many there are, and how many of them at the lower end are left for those who choose.</summary>
internal readonly record struct SlotRange(int Count, int LowerCount);

/// <summary>Who asks for a thing.</summary>
/// <param name="Owner">The object that is to hold it.</param>
/// <param name="IsHeld">True when an object holds a slot in the store, now.</param>
/// <param name="DryRun">Look, but take nothing.</param>
internal readonly record struct SlotClaim(ObjectKey Owner, Func<ObjectKey, int, bool> IsHeld, bool DryRun);
