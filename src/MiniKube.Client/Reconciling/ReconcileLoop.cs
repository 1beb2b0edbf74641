using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// Runs a reconciler for the keys its sources name. Sources are informers, which the host starts before; the keys are
/// queued without duplicates and worked off by a few workers. What the reconciler throws is logged and retried from 5
/// ms up to 1,000 s.
/// </summary>
public sealed partial class ReconcileLoop : ClusterComponent
{
    private readonly string _name;
    private readonly IReconciler _reconciler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkQueue<ObjectKey> _queue;
    private readonly List<Func<IEnumerable<ObjectKey>>> _primaries = [];

    /// <summary>A loop without sources.</summary>
    public ReconcileLoop(string name, IReconciler reconciler, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _name = name;
        _reconciler = reconciler;
        _time = time;
        _logger = loggers.CreateLogger<ReconcileLoop>();
        _queue = new WorkQueue<ObjectKey>(time, random);
    }

    /// <inheritdoc />
    public override string Name => _name;

    /// <summary>How many keys are worked on at once. 5, as kube-controller-manager.</summary>
    public int Workers { get; init; } = 5;

    /// <summary>
    /// How long a key rests that changed while it was worked on; none by default. For objects that sum up many others.
    /// </summary>
    public TimeSpan Rest { get => _queue.Rest; init => _queue.Rest = value; }

    /// <summary>
    /// How often every primary key is queued without a reason, as a net under bugs. 12 hours, as
    /// kube-controller-manager's default minimum.
    /// </summary>
    public TimeSpan Resync { get; init; } = TimeSpan.FromHours(12);

    /// <summary>The kind that is reconciled: every change of an object queues its own key.</summary>
    public ReconcileLoop For<T>(Informer<T> informer)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        _primaries.Add(() => informer.All.Select(static item => item.Key()));
        informer.Subscribe((key, _, _) => _queue.Add(key));
        return this;
    }

    /// <summary>
    /// A kind that the primary kind makes: every change of an object queues the object that manages it.
    /// </summary>
    public ReconcileLoop Owns<T>(Informer<T> informer, Gvk owner)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Watches(informer, item => item.ControllerRef() is { } reference && reference.Kind == owner.Kind
            && reference.ApiVersion == owner.ApiVersion
                ? [new ObjectKey(item.Metadata.NamespaceProperty ?? "", reference.Name)]
                : []);

    /// <summary>
    /// A kind whose objects matter to others: every change queues what the function names, before and after it.
    /// </summary>
    public ReconcileLoop Watches<T>(Informer<T> informer, Func<T, IEnumerable<ObjectKey>> affected)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Watches(informer, (_, old, current) =>
            (old is null ? [] : affected(old)).Concat(current is null ? [] : affected(current)));

    /// <summary>As the other overload, for sources that compare the states before and after.</summary>
    public ReconcileLoop Watches<T>(Informer<T> informer, Func<ObjectKey, T?, T?, IEnumerable<ObjectKey>> affected)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        informer.Subscribe((key, old, current) =>
        {
            foreach (var other in affected(key, old, current))
            {
                _queue.Add(other);
            }
        });
        return this;
    }

    /// <summary>Queues a key for a reason that is not in an informer.</summary>
    public void Enqueue(ObjectKey key) => _queue.Add(key);

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var queue = _queue;
        await using var resync = _time.CreateTimer(_ => QueueAll(), null, Resync, Resync);
        SignalReady();
        await queue.RunAsync(Workers, WorkAsync, stopping);
    }

    private void QueueAll()
    {
        foreach (var key in _primaries.SelectMany(static keys => keys()))
        {
            _queue.Add(key);
        }
    }

    private async Task WorkAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            var result = await _reconciler.ReconcileAsync(key, cancellationToken);
            _queue.Forget(key);
            if (result.Again is { } delay)
            {
                _queue.AddAfter(key, delay);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (ApiException overtaken) when (overtaken.Reason
            is StatusReason.Conflict or StatusReason.AlreadyExists or StatusReason.NotFound)
        {
            // Somebody else was faster: the informers bring the news, the retry comes after it.
            Log.Overtaken(_logger, _name, key, overtaken.Message);
            _queue.AddRateLimited(key);
        }
        catch (ApiException refused)
        {
            Log.Refused(_logger, _name, key, _queue.AddRateLimited(key), refused.Message);
        }
        catch (Exception failure)
        {
            Log.Failed(_logger, _name, key, _queue.AddRateLimited(key), failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Debug, "{Controller}: {Key} changed meanwhile, trying again: {Problem}")]
        public static partial void Overtaken(ILogger logger, string controller, ObjectKey key, string problem);

        [LoggerMessage(3012, LogLevel.Warning, "{Controller}: {Key} failed {Failures} times in a row, trying again: {Problem}")]
        public static partial void Refused(
            ILogger logger, string controller, ObjectKey key, int failures, string problem);

        [LoggerMessage(3011, LogLevel.Warning, "{Controller}: {Key} failed {Failures} times in a row, trying again")]
        public static partial void Failed(
            ILogger logger, string controller, ObjectKey key, int failures, Exception failure);
    }
}
