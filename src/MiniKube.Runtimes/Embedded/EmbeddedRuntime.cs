using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace MiniKube.Runtimes;

/// <summary>
/// Runs containers with nothing but the Linux kernel. A shim process per sandbox owns its containers and outlives this process;
/// docs/adr/0003-embedded-runtime.md shows how. Needs root.
/// </summary>
public sealed partial class EmbeddedRuntime : IContainerRuntime
{
    private readonly EmbeddedRuntimeOptions _options;
    private readonly ISandboxNetwork _network;
    private readonly TimeProvider _time;
    private readonly ILogger<EmbeddedRuntime> _logger;
    private readonly string _sandboxRoot;
    private readonly string _spoolRoot;
    private readonly Lazy<ImageStore> _images;
    private readonly Lazy<CgroupHierarchy> _cgroups;
    private readonly ShimLauncher _launcher;
    private readonly ChangeFeed _changes = new();
    private readonly ConcurrentDictionary<string, EmbeddedSandbox> _sandboxes = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _sandboxTurns = new();
    private readonly SemaphoreSlim _adopting = new(1);
    private volatile bool _adopted;

    /// <summary>Does nothing yet: what an earlier process left running is found with the first call.</summary>
    public EmbeddedRuntime(
        EmbeddedRuntimeOptions options, ISandboxNetwork network, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _network, _time) = (options, network, time);
        _logger = loggers.CreateLogger<EmbeddedRuntime>();
        var root = Path.Combine(Path.GetFullPath(options.DataDirectory), "runtime");
        _sandboxRoot = Path.Combine(root, "sandboxes");
        _spoolRoot = Path.Combine(root, "spool");
        _launcher = new ShimLauncher(Path.Combine(root, "bin"), time);
        _images = new Lazy<ImageStore>(() => new ImageStore(Path.Combine(root, "images")));
        _cgroups = new Lazy<CgroupHierarchy>(DetectCgroups);
    }

    /// <inheritdoc/>
    public string Name => "embedded";

    /// <summary>Says in a sentence why this machine cannot run containers this way, or null when it can.</summary>
    public static string? WhyUnavailable() => EmbeddedRequirements.WhyUnavailable();

    /// <inheritdoc/>
    public Task<string> VersionAsync(CancellationToken cancellationToken)
        => Task.FromResult($"embedded://{typeof(EmbeddedRuntime).Assembly.GetName().Version?.ToString(3)}");

    /// <inheritdoc/>
    public async Task ConfigureAsync(IPNetwork podCidr, CancellationToken cancellationToken)
    {
        var network = _network.ConfigureAsync(podCidr, cancellationToken);
        if (await FindImageAsync(BundledImages.Testbox, cancellationToken) is null)
        {
            await using var archive = BundledImages.OpenTestbox();
            await LoadImageAsync(archive, cancellationToken);
        }

        await network;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RuntimeEvent> WatchAsync(CancellationToken cancellationToken) => _changes.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task TearDownAsync(CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        await Task.WhenAll(_sandboxes.Keys.Select(id => RemoveSandboxAsync(id, cancellationToken)));
        KillLeftovers();
        await RemoveCgroupsAsync([], cancellationToken);
        await _network.TearDownAsync(cancellationToken);
    }

    /// <summary>Lets go of the sandboxes; they run on and are found by the next.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var sandbox in _sandboxes.Values)
        {
            await sandbox.DisposeAsync();
        }

        _adopting.Dispose();
    }

    private CgroupHierarchy DetectCgroups()
    {
        var cgroups = CgroupHierarchy.Detect(_options.CgroupRoot, _options.InstanceName, File.ReadAllText("/proc/self/cgroup"));
        if (cgroups.Missing.Count > 0)
        {
            Log.ControllersMissing(_logger, string.Join(", ", cgroups.Missing));
        }

        return cgroups;
    }

    // Processes whose shim was killed in a moment when they could not follow it.
    private void KillLeftovers(params ReadOnlySpan<string> path)
    {
        foreach (var pid in _cgroups.Value.ProcessesIn(path))
        {
            HostProcesses.Kill(pid);
        }
    }

    private async Task RemoveCgroupsAsync(string[] path, CancellationToken cancellationToken)
    {
        // The kernel takes a moment to bury the dead, and has no news of it for version 1.
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (_cgroups.Value.TryRemove(path))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), _time, cancellationToken);
        }

        Log.CgroupsRemain(_logger, string.Join('/', path));
    }

    private static partial class Log
    {
        [LoggerMessage(4100, LogLevel.Warning,
            "This machine has no cgroup controller for {Controllers}: limits on them are not enforced")]
        public static partial void ControllersMissing(ILogger logger, string controllers);

        [LoggerMessage(4101, LogLevel.Warning, "Cgroups of {Path} could not be removed: processes in them do not end")]
        public static partial void CgroupsRemain(ILogger logger, string path);

        [LoggerMessage(4102, LogLevel.Information, "Adopted {Running} running and {Dead} dead sandboxes")]
        public static partial void Adopted(ILogger logger, int running, int dead);

        [LoggerMessage(4103, LogLevel.Warning, "Sandbox {Sandbox} could not be cleaned up after it failed to start: {Reason}")]
        public static partial void CleanupFailed(ILogger logger, string sandbox, string reason);
    }
}
