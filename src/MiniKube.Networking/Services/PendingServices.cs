using System.Threading.Channels;
using MiniKube.Api;

namespace MiniKube.Networking;

/// <summary>
/// The Services that changed since somebody looked. All that come while the taker is at work come together next time:
/// a burst is one transaction. Bounded by the number of Services. Thread-safe.
/// </summary>
internal sealed class PendingServices : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<ObjectKey> _waiting = [];
    private readonly HashSet<ObjectKey> _later = [];
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly ITimer _timer;

    public PendingServices(TimeProvider time)
        => _timer = time.CreateTimer(_ => Retry(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Add(ObjectKey service)
    {
        lock (_gate)
        {
            _waiting.Add(service);
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Adds the Services again after a while.</summary>
    public void AddLater(IEnumerable<ObjectKey> services, TimeSpan delay)
    {
        lock (_gate)
        {
            _later.UnionWith(services);
            if (_later.Count == 0)
            {
                return;
            }
        }

        _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits until there are some and takes them all.</summary>
    public async Task<IReadOnlyCollection<ObjectKey>> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _signal.Reader.ReadAsync(cancellationToken);
            var taken = TakeWaiting();
            if (taken.Count > 0)
            {
                return taken;
            }
        }
    }

    /// <summary>Takes those that wait now, maybe none.</summary>
    public IReadOnlyCollection<ObjectKey> TakeWaiting()
    {
        lock (_gate)
        {
            var taken = _waiting.ToList();
            _waiting.Clear();
            return taken;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Retry()
    {
        lock (_gate)
        {
            _waiting.UnionWith(_later);
            _later.Clear();
        }

        _signal.Writer.TryWrite(true);
    }
}
