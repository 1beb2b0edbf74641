using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// One change of one object: <c>old</c> is null when it is new, <c>current</c> is null when it is gone.
/// </summary>
public delegate void ObjectChanged<in T>(ObjectKey key, T? old, T? current)
    where T : class, IKubernetesObject<V1ObjectMeta>;

/// <summary>
/// A live copy of all objects of a query, shared by everyone in the process who reads them. Lists once, then follows
/// the watch; a broken watch is resumed from the last revision seen, and only when that history is gone is everything
/// listed again. Ready (and <see cref="Synced"/>) when the first list is in. Objects are shared and read-only: who
/// wants to change one copies it. Reads take no lock and are safe from any thread.
/// </summary>
public sealed partial class Informer<T> : ClusterComponent
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    // As client-go's reflector: 0.8 s at first, half a minute at most.
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan RetryLongest = TimeSpan.FromSeconds(30);

    private readonly IApiClient _client;
    private readonly ObjectQuery _query;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly ILogger _logger;
    private readonly ObjectCache<T> _cache = new();
    private readonly RevisionGate _revisions = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Held while a change is told, so that a late subscriber gets everything exactly once and in order.
    private readonly Lock _telling = new();
    private ObjectChanged<T>? _changed;
    private Revision? _resumeFrom;
    private int _failures;

    /// <summary>An informer that has not started; subscribe and index before or after the start, as you like.</summary>
    public Informer(IApiClient client, ObjectQuery query, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _client = client;
        _query = query;
        _time = time;
        _backoff = new Backoff(RetryFirst, RetryLongest, random);
        _logger = loggers.CreateLogger<Informer<T>>();
        ByNamespace = AddIndex(static item => [item.Metadata.NamespaceProperty ?? ""]);
        ByOwnerUid = AddIndex(static item => item.Metadata.OwnerReferences?.Select(static owner => owner.Uid) ?? []);
    }

    /// <inheritdoc />
    public override string Name => $"informer-{ObjectType<T>.Gvr.Resource}";

    /// <summary>Completes when the first list is in the cache and has been told to all subscribers.</summary>
    public Task Synced => _synced.Task;

    /// <summary>History is in the cache up to here.</summary>
    public Revision Revision => _revisions.Reached;

    /// <summary>How many objects there are.</summary>
    public int Count => _cache.Count;

    /// <summary>Every object, in no order.</summary>
    public IEnumerable<T> All => _cache.All;

    /// <summary>By <c>metadata.namespace</c>; cluster-scoped objects are under the empty string.</summary>
    public ObjectIndex<T> ByNamespace { get; }

    /// <summary>By the uid of every owner reference, managing or not.</summary>
    public ObjectIndex<T> ByOwnerUid { get; }

    /// <summary>The object, or null when there is none of that key.</summary>
    public T? Find(ObjectKey key) => _cache.TryGet(key, out var item) ? item : null;

    /// <summary>
    /// An index of one's own: the object is found under every key the function gives. It must depend on nothing else.
    /// </summary>
    public ObjectIndex<T> AddIndex(Func<T, IEnumerable<string>> keysOf) => _cache.AddIndex(keysOf);

    /// <summary>
    /// Calls back for every object that is here and for every later change, one at a time and in order. The callback
    /// runs on the informer's own thread: it notes what changed and returns.
    /// </summary>
    public void Subscribe(ObjectChanged<T> changed)
    {
        lock (_telling)
        {
            foreach (var item in _cache.All)
            {
                changed(item.Key(), null, item);
            }

            _changed += changed;
        }
    }

    /// <summary>
    /// Waits until the cache holds all history up to a revision: after a write of one's own, decisions from the cache
    /// then know about it. Only revisions of objects of this query are sure to come.
    /// </summary>
    public Task WaitForAsync(Revision revision, CancellationToken cancellationToken)
        => _revisions.WaitAsync(revision, cancellationToken);

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                // A server that closes at once every time is a failure too; one that sent something before is not.
                _failures++;
                await FollowAsync(stopping);
            }
            catch (ApiException expired) when (expired.Reason is StatusReason.Expired or StatusReason.Gone)
            {
                Log.HistoryGone(_logger, ObjectType<T>.Gvr, _resumeFrom ?? Revision.Zero);
                _resumeFrom = null;
            }
            catch (ServerUnreachableException lost)
            {
                // Told by the transport, once for all informers. What was seen stays, and the watch goes on from there.
                Log.Lost(_logger, ObjectType<T>.Gvr, lost.Message);
                await _client.WhenReachableAsync(stopping);
            }
            catch (ApiException unknown) when (unknown.Reason == StatusReason.NotFound)
            {
                // A kind that is not served, or not any more: custom kinds come and go.
                Log.Lost(_logger, ObjectType<T>.Gvr, unknown.Message);
            }
            catch (ApiException failure)
            {
                Log.Interrupted(_logger, ObjectType<T>.Gvr, _failures, failure.Message);
            }

            await Task.Delay(_backoff.DelayAfter(_failures), _time, stopping);
        }
    }

    /// <summary>Lists if need be, then watches until the server closes.</summary>
    private async Task FollowAsync(CancellationToken stopping)
    {
        _resumeFrom ??= await ListAsync(stopping);
        await foreach (var change in _client.WatchAsync<T>(_query, _resumeFrom.Value, stopping))
        {
            if (change.Object is not null && change.Type != ObjectEventType.Bookmark)
            {
                Apply(change.Object.Key(), change.Type == ObjectEventType.Deleted ? null : change.Object);
            }

            _failures = 0;
            _resumeFrom = change.Revision;
            _revisions.Advance(change.Revision);
        }
    }

    private async Task<Revision> ListAsync(CancellationToken stopping)
    {
        var list = await _client.ListAsync<T>(_query, stopping);
        var present = list.Items.Select(static item => item.Key()).ToHashSet();
        foreach (var item in list.Items)
        {
            Apply(item.Key(), item);
        }

        foreach (var key in _cache.All.Select(static item => item.Key()).Where(key => !present.Contains(key)).ToList())
        {
            Apply(key, null);
        }

        _revisions.Advance(list.Revision);
        _synced.TrySetResult();
        SignalReady();
        return list.Revision;
    }

    private void Apply(ObjectKey key, T? current)
    {
        lock (_telling)
        {
            var old = _cache.Change(key, current);
            var isNews = old?.Metadata.ResourceVersion != current?.Metadata.ResourceVersion;
            if (isNews)
            {
                _changed?.Invoke(key, old, current);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Debug, "History of {Resource} after {Revision} is gone; listing again")]
        public static partial void HistoryGone(ILogger logger, Gvr resource, Revision revision);

        [LoggerMessage(3003, LogLevel.Debug, "Watch of {Resource} lost its server: {Problem}")]
        public static partial void Lost(ILogger logger, Gvr resource, string problem);

        [LoggerMessage(3002, LogLevel.Warning, "Watch of {Resource} interrupted ({Failures} in a row): {Problem}")]
        public static partial void Interrupted(ILogger logger, Gvr resource, int failures, string problem);
    }
}
