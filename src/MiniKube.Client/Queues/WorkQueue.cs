using System.Threading.Channels;

namespace MiniKube.Client;

/// <summary>
/// Keys that need work. A key waits at most once however often it is added, is given to one taker at a time, and is
/// given again when it was added while its taker was at work. Delayed keys wait on one timer, never on a poll. Bounded
/// by the number of different keys. Thread-safe.
/// </summary>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly HashSet<TKey> _waiting = [];
    private readonly HashSet<TKey> _taken = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly DelayLine<TKey> _delayed;
    private readonly Backoff _backoff;

    // Unbounded by itself; the set of waiting keys lets every key in once.
    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();

    /// <summary>An empty queue whose retries wait 5 ms, then twice as long each time, up to 1,000 s.</summary>
    public WorkQueue(TimeProvider time, Random random)
        : this(time, new Backoff(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1_000), random))
    {
    }

    /// <summary>An empty queue with its own idea of how long retries wait.</summary>
    public WorkQueue(TimeProvider time, Backoff backoff)
    {
        _backoff = backoff;
        _delayed = new DelayLine<TKey>(time, Add);
    }

    /// <summary>
    /// How long a key rests that was added again while its taker was at work: a burst of changes then costs a few
    /// passes and not one each. None by default.
    /// </summary>
    public TimeSpan Rest { get; set; }

    /// <summary>Keys waiting to be taken now; delayed ones and taken ones do not count.</summary>
    public int Count => _ready.Reader.Count;

    /// <summary>Makes the key wait for a taker, if it does not already.</summary>
    public void Add(TKey key)
    {
        lock (_gate)
        {
            if (_waiting.Add(key) && !_taken.Contains(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    /// <summary>Adds the key after a delay; of several delays of one key the shortest counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        _delayed.Add(key, delay);
    }

    /// <summary>
    /// Adds the key after a delay that grows with each call until <see cref="Forget"/>. Returns the failures so far.
    /// </summary>
    public int AddRateLimited(TKey key)
    {
        int failures;
        lock (_gate)
        {
            failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
        }

        AddAfter(key, _backoff.DelayAfter(failures));
        return failures;
    }

    /// <summary>The key's work succeeded: its next retry starts from the shortest delay.</summary>
    public void Forget(TKey key)
    {
        lock (_gate)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>Waits for a key. The taker owes a <see cref="Done"/>; until then nobody else gets the key.</summary>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellationToken)
    {
        var key = await _ready.Reader.ReadAsync(cancellationToken);
        lock (_gate)
        {
            _waiting.Remove(key);
            _taken.Add(key);
        }

        return key;
    }

    /// <summary>Gives a taken key back; it waits again, after its rest, if it was added in between.</summary>
    public void Done(TKey key)
    {
        bool isAgain;
        lock (_gate)
        {
            isAgain = _taken.Remove(key) && _waiting.Remove(key);
        }

        if (isAgain)
        {
            AddAfter(key, Rest);
        }
    }

    /// <summary>
    /// Works the queue off with so many workers until cancelled. Ends early, with the exception, when the work throws
    /// one: what may fail is caught by the work itself.
    /// </summary>
    public async Task RunAsync(int workers, Func<TKey, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Enumerable.Range(0, workers).Select(_ => WorkAsync(work, stop.Token)).ToList();
        var first = await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    /// <summary>Stops the timer of the delayed keys. Keys can still be added and taken; delays are lost.</summary>
    public void Dispose() => _delayed.Dispose();

    private async Task WorkAsync(Func<TKey, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await Task.Yield();
        while (true)
        {
            var key = await TakeAsync(cancellationToken);
            try
            {
                await work(key, cancellationToken);
            }
            finally
            {
                Done(key);
            }
        }
    }
}
