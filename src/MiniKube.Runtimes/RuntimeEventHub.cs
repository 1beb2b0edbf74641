using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MiniKube.Runtimes;

/// <summary>
/// Hands a runtime's events to any number of watchers. A watcher that is slow sees one event per sandbox, however often
/// that sandbox changed: what is pending is a set, so it is bounded by the number of sandboxes and loses nothing. Thread-safe.
/// </summary>
internal sealed class RuntimeEventHub
{
    private readonly Lock _gate = new();
    private readonly List<Watcher> _watchers = [];

    public void Publish(RuntimeEvent change)
    {
        lock (_gate)
        {
            foreach (var watcher in _watchers)
            {
                watcher.Offer(change);
            }
        }
    }

    public async IAsyncEnumerable<RuntimeEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = new Watcher();
        lock (_gate)
        {
            _watchers.Add(watcher);
        }

        try
        {
            while (true)
            {
                foreach (var change in await watcher.TakeAsync(cancellationToken))
                {
                    yield return change;
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(watcher);
            }
        }
    }

    private sealed class Watcher
    {
        private readonly Lock _gate = new();
        private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        private HashSet<RuntimeEvent> _pending = [];

        public void Offer(RuntimeEvent change)
        {
            lock (_gate)
            {
                _pending.Add(change);
            }

            _wake.Writer.TryWrite(true);
        }

        public async Task<IReadOnlyCollection<RuntimeEvent>> TakeAsync(CancellationToken cancellationToken)
        {
            await _wake.Reader.ReadAsync(cancellationToken);
            lock (_gate)
            {
                var taken = _pending;
                _pending = [];
                return taken;
            }
        }
    }
}
