using System.Collections.Concurrent;

namespace MiniKube.Networking;

/// <summary>Answers that are waited for; so many at once and no more.</summary>
internal sealed class PendingAnswers(int atOnceMax)
{
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private long _started;
    private int _count;

    /// <summary>False when there are too many.</summary>
    public bool TryStart(Func<Task> work)
    {
        if (Interlocked.Increment(ref _count) > atOnceMax)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        var number = Interlocked.Increment(ref _started);
        _running[number] = RunAsync(number, work);
        return true;
    }

    /// <summary>When all have ended; no other is started meanwhile.</summary>
    public Task DrainAsync() => Task.WhenAll(_running.Values);

    private async Task RunAsync(long number, Func<Task> work)
    {
        await Task.Yield(); // The entry must be there before it is taken away again.
        try
        {
            await work();
        }
        finally
        {
            Interlocked.Decrement(ref _count);
            _running.TryRemove(number, out _);
        }
    }
}
