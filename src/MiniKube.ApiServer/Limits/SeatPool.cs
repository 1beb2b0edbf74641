using System.Diagnostics;

namespace MiniKube.ApiServer;

/// <summary>Seats that levels lend each other, and the one lock of all levels: what it guards takes less than a microsecond.</summary>
internal sealed class SeatPool(int seats)
{
    private readonly List<LevelQueue> _levels = [];
    private int _taken;
    private int _turn;

    public Lock Gate { get; } = new();

    /// <summary>One more level that borrows; before the first request.</summary>
    public void Add(LevelQueue level) => _levels.Add(level);

    public bool TryTakeLocked()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        if (_taken >= seats)
        {
            return false;
        }

        _taken++;
        return true;
    }

    /// <summary>A borrowed seat comes back: the levels take turns to get it. Null when nobody waits.</summary>
    public TaskCompletionSource? PassOnLocked()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        for (var tried = 0; tried < _levels.Count; tried++)
        {
            _turn = (_turn + 1) % _levels.Count;
            if (_levels[_turn].LetInLocked() is { } next)
            {
                return next;
            }
        }

        _taken--;
        return null;
    }
}
