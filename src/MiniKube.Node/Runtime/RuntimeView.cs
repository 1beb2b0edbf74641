using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// The runtime's state as the pod workers see it: a snapshot of everything, replaced whole by each listing. One listing answers
/// everybody who asked while the one before was under way. Reads take no lock.
/// </summary>
internal sealed partial class RuntimeView(IContainerRuntime runtime, TimeProvider time, ILogger<RuntimeView> logger)
{
    private static readonly TimeSpan BeforeRetry = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;
    private readonly Lock _gate = new();
    private FrozenDictionary<string, PodRuntimeState> _pods = FrozenDictionary<string, PodRuntimeState>.Empty;
    private Task _current = Task.CompletedTask;
    private Task? _next;

    /// <summary>Told the uid of every pod whose state differs from the last listing. Set once, before the first listing.</summary>
    public Action<string> Changed { get; set; } = static _ => { };

    /// <summary>Every pod the runtime has something of.</summary>
    public IEnumerable<PodRuntimeState> All => Volatile.Read(ref _pods).Values;

    public PodRuntimeState Of(string podUid) => Volatile.Read(ref _pods).GetValueOrDefault(podUid, PodRuntimeState.Nothing);

    /// <summary>Returns once a listing that began after this call is in the snapshot.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken)
    {
        Task listing;
        lock (_gate)
        {
            listing = _next ??= ListAfterAsync(_current);
        }

        return listing.WaitAsync(cancellationToken);
    }

    /// <summary>Follows the runtime's events until cancelled; an engine that does not answer is asked again.</summary>
    public async Task FollowAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await FollowOnceAsync(stopping);
            }
            catch (RuntimeException failure)
            {
                Log.Interrupted(_logger, runtime.Name, failure.Message);
            }

            await Task.Delay(BeforeRetry, time, stopping);
        }
    }

    private async Task FollowOnceAsync(CancellationToken stopping)
    {
        await using var events = runtime.WatchAsync(stopping).GetAsyncEnumerator(stopping);
        var next = events.MoveNextAsync().AsTask();
        while (true)
        {
            // The first listing comes after the watch has begun, so nothing falls between the two.
            await RefreshAsync(stopping);
            if (!await next)
            {
                return;
            }

            next = events.MoveNextAsync().AsTask();
        }
    }

    private async Task ListAfterAsync(Task before)
    {
        // A failed listing has been reported to those who waited for it.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            _current = _next!;
            _next = null;
        }

        var sandboxes = await runtime.ListSandboxesAsync(CancellationToken.None);
        var containers = await runtime.ListContainersAsync(CancellationToken.None);
        Publish(Group(sandboxes, containers));
    }

    private static FrozenDictionary<string, PodRuntimeState> Group(
        IReadOnlyList<SandboxStatus> sandboxes, IReadOnlyList<ContainerStatus> containers)
    {
        var sandboxesOf = sandboxes.ToLookup(sandbox => sandbox.Pod.Uid);
        var containersOf = containers.ToLookup(container => container.Pod.Uid);
        return sandboxesOf.Select(pod => pod.Key).Union(containersOf.Select(pod => pod.Key)).ToFrozenDictionary(
            uid => uid,
            uid => new PodRuntimeState(
                sandboxesOf[uid].Select(one => one.Pod).Concat(containersOf[uid].Select(one => one.Pod)).First(),
                [.. sandboxesOf[uid].OrderBy(one => one.Created)],
                [.. containersOf[uid].OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Attempt)]));
    }

    private void Publish(FrozenDictionary<string, PodRuntimeState> latest)
    {
        var before = Volatile.Read(ref _pods);
        Volatile.Write(ref _pods, latest);
        foreach (var uid in before.Keys.Union(latest.Keys))
        {
            var old = before.GetValueOrDefault(uid, PodRuntimeState.Nothing);
            if (!old.IsSameAs(latest.GetValueOrDefault(uid, PodRuntimeState.Nothing)))
            {
                Changed(uid);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4005, LogLevel.Warning, "Runtime {Runtime} interrupted; asking again: {Problem}")]
        public static partial void Interrupted(ILogger logger, string runtime, string problem);
    }
}
