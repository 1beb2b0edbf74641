using System.Collections.Immutable;

namespace MiniKube.Store;

/// <summary>The bells of all watchers of one resource, rung together. Thread-safe; ringing takes no lock.</summary>
internal sealed class BellTower
{
    private ImmutableHashSet<Bell> _bells = [];

    /// <summary>A bell that is rung until it is removed.</summary>
    public Bell Add()
    {
        var bell = new Bell();
        ImmutableInterlocked.Update(ref _bells, static (bells, added) => bells.Add(added), bell);
        return bell;
    }

    public void Remove(Bell bell)
        => ImmutableInterlocked.Update(ref _bells, static (bells, gone) => bells.Remove(gone), bell);

    public void Ring()
    {
        foreach (var bell in Volatile.Read(ref _bells))
        {
            bell.Ring();
        }
    }
}
