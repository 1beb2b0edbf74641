using System.Threading.Tasks.Sources;

namespace MiniKube.Store;

/// <summary>
/// Wakes one waiter. Rung before the wait, the wait ends at once; rung several times, it counts once. One waiter at a
/// time; anyone may ring. Waiting allocates nothing.
/// </summary>
internal sealed class Bell : IValueTaskSource
{
    private const int Silent = 0;
    private const int Rung = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    public void Ring()
    {
        if (Interlocked.Exchange(ref _state, Rung) == Waiting)
        {
            _core.SetResult(true);
        }
    }

    /// <summary>Ends once the bell has been rung since the last wait.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        return Interlocked.CompareExchange(ref _state, Waiting, Silent) == Silent
            ? new ValueTask(this, _core.Version)
            : Heard();
    }

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        Volatile.Write(ref _state, Silent);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private ValueTask Heard()
    {
        Volatile.Write(ref _state, Silent);
        return ValueTask.CompletedTask;
    }
}
