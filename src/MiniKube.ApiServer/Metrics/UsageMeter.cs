using System.Collections.Concurrent;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// What nodes and pods use, asked from the nodes when somebody reads it: nobody asks, nothing is measured. Processor use is that
/// between two samples; the earlier one is that of the reader before, or a second old. Thread-safe.
/// </summary>
internal sealed class UsageMeter(ObjectLookup objects, Func<string, INodeEndpoint> nodes, TimeProvider time)
{
    // Shorter ones tell more about the measuring than about the node.
    private static readonly TimeSpan WindowMin = TimeSpan.FromSeconds(1);

    // As long ago is not now any more.
    private static readonly TimeSpan WindowMax = TimeSpan.FromMinutes(2);

    // A node that does not answer is left out, and holds nobody up.
    private static readonly TimeSpan NodePatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, NodeMeter> _meters = new();

    public IEnumerable<V1Node> Nodes() => objects.List<V1Node>(null);

    /// <summary>The pods that run, of one namespace or (empty) of all.</summary>
    public IEnumerable<V1Pod> Pods(string space) => objects.List<V1Pod>(space.Length == 0 ? null : space)
        .Where(static pod => !string.IsNullOrEmpty(pod.Spec.NodeName) && pod.Status?.Phase == "Running");

    /// <summary>What these nodes used lately; those that do not answer are left out.</summary>
    public async Task<IReadOnlyDictionary<string, UsageWindow>> ReadAsync(
        IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var known = Nodes().Select(static node => node.Metadata.Name).ToHashSet();
        foreach (var gone in _meters.Keys.Where(name => !known.Contains(name)))
        {
            _meters.TryRemove(gone, out _);
        }

        var asked = names.Where(known.Contains).Select(async name =>
        {
            var meter = _meters.GetOrAdd(name, static _ => new NodeMeter());
            return (Name: name, Window: await ReadAsync(name, meter, cancellationToken));
        });
        return (await Task.WhenAll(asked))
            .Where(static one => one.Window is not null)
            .ToDictionary(static one => one.Name, static one => one.Window!);
    }

    private async Task<UsageWindow?> ReadAsync(string name, NodeMeter meter, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(NodePatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await meter.ReadAsync(SampleAsync, time, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception unreachable) when (unreachable is ApiException or HttpRequestException or IOException)
        {
            return null;
        }

        async Task<UsageSample> SampleAsync(CancellationToken token)
            => UsageSample.Read(await nodes(name).ReadResourceMetricsAsync(token));
    }

    /// <summary>The last two samples of one node; readers at the same time wait for one measurement.</summary>
    private sealed class NodeMeter
    {
        private readonly SemaphoreSlim _gate = new(1);
        private UsageSample? _last;
        private UsageWindow? _window;

        public async Task<UsageWindow> ReadAsync(
            Func<CancellationToken, Task<UsageSample>> sample, TimeProvider time, CancellationToken cancellationToken)
        {
            await _gate.WaitAsync(cancellationToken);
            try
            {
                var age = _last is null ? TimeSpan.MaxValue : time.GetUtcNow() - _last.Node.Time;
                if (_window is not null && age < WindowMin)
                {
                    return _window;
                }

                if (_last is null || age > WindowMax || age < WindowMin)
                {
                    _last = await sample(cancellationToken);
                    await Task.Delay(WindowMin, time, cancellationToken);
                }

                var end = await sample(cancellationToken);
                _window = UsageWindow.Between(_last, end);
                _last = end;
                return _window;
            }
            finally
            {
                _gate.Release();
            }
        }
    }
}
