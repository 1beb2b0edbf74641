using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// The workers of a node, one per pod uid: started when a pod is seen, ended when nothing of it is left. Thread-safe.
/// </summary>
internal sealed partial class PodWorkers(PodWorkerContext context, CancellationToken stopping)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _workers = [];
    private readonly ILogger _logger = context.Loggers.CreateLogger<PodWorkers>();

    /// <summary>The worker of the pod of that name; the youngest one when an older pod of the name is still being removed.</summary>
    public PodWorker? Find(ObjectKey key)
    {
        lock (_gate)
        {
            return _workers.Values.Select(entry => entry.Worker).LastOrDefault(worker => worker.Key == key);
        }
    }

    /// <summary>Every pod that is looked after.</summary>
    public IReadOnlyList<PodView> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _workers.Values.Select(static entry => entry.Worker.View).OfType<PodView>()];
            }
        }
    }

    /// <summary>True when a worker looks after that pod.</summary>
    public bool Has(string podUid)
    {
        lock (_gate)
        {
            return _workers.ContainsKey(podUid);
        }
    }

    /// <summary>What the watch told. Runs on the watch's thread: it only passes on.</summary>
    public void OnChanged(ObjectKey key, V1Pod? old, V1Pod? current)
    {
        if (old is not null && old.Metadata.Uid != current?.Metadata.Uid)
        {
            FindByUid(old.Metadata.Uid)?.MarkGone();
        }

        if (current is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_workers.TryGetValue(current.Metadata.Uid, out var entry))
            {
                entry.Worker.Offer(current);
                return;
            }

            var worker = new PodWorker(current, context);
            _workers.Add(worker.Uid, new Entry(worker, RunAsync(worker)));
            Log.Started(_logger, key);
        }
    }

    /// <summary>The runtime has news of a pod.</summary>
    public void Wake(string podUid) => FindByUid(podUid)?.Wake();

    /// <summary>Something of the node changed that every pod's status tells of.</summary>
    public void WakeAll()
    {
        lock (_gate)
        {
            foreach (var entry in _workers.Values)
            {
                entry.Worker.Wake();
            }
        }
    }

    /// <summary>A ConfigMap or Secret changed.</summary>
    public void SourceChanged(ObjectKey key)
    {
        lock (_gate)
        {
            foreach (var entry in _workers.Values.Where(entry => entry.Worker.RefersTo(key)))
            {
                entry.Worker.SourcesChanged();
            }
        }
    }

    /// <summary>Ends when every worker has; call after <c>stopping</c> was cancelled.</summary>
    public async Task DrainAsync()
    {
        while (true)
        {
            List<Task> running;
            lock (_gate)
            {
                running = [.. _workers.Values.Select(entry => entry.Run)];
            }

            if (running.Count == 0)
            {
                return;
            }

            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private PodWorker? FindByUid(string uid)
    {
        lock (_gate)
        {
            return _workers.GetValueOrDefault(uid)?.Worker;
        }
    }

    private async Task RunAsync(PodWorker worker)
    {
        // The caller holds the lock; the worker must not run under it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await worker.RunAsync(stopping);
            Log.Ended(_logger, worker.Key);
        }
        finally
        {
            lock (_gate)
            {
                _workers.Remove(worker.Uid);
            }
        }
    }

    private sealed record Entry(PodWorker Worker, Task Run);

    private static partial class Log
    {
        [LoggerMessage(4002, LogLevel.Debug, "Pod {Pod} is looked after")]
        public static partial void Started(ILogger logger, ObjectKey pod);

        [LoggerMessage(4003, LogLevel.Debug, "Nothing of pod {Pod} is left here")]
        public static partial void Ended(ILogger logger, ObjectKey pod);
    }
}
