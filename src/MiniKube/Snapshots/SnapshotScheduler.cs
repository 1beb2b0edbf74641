using Microsoft.Extensions.Logging;
using MiniKube.Client;

namespace MiniKube;

/// <summary>
/// Takes a snapshot whenever the schedule says so, and deletes the oldest scheduled ones. A snapshot that fails is logged and shown
/// by <c>minikube status</c>; the cluster stays ready, and the next one is tried at its time.
/// </summary>
internal sealed partial class SnapshotScheduler : ClusterComponent
{
    // The clock may be set while we wait, and a machine may sleep: look again at least this often.
    private static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);

    private readonly ServerSettings _settings;
    private readonly SnapshotTaker _taker;
    private readonly TimeProvider _time;
    private readonly ILogger<SnapshotScheduler> _logger;
    private volatile ScheduleState _state = new(null, null);

    public SnapshotScheduler(
        SnapshotSchedule schedule, ServerSettings settings, SnapshotTaker taker, TimeProvider time, ILoggerFactory loggers)
    {
        Schedule = schedule;
        _settings = settings;
        _taker = taker;
        _time = time;
        _logger = loggers.CreateLogger<SnapshotScheduler>();
    }

    public override string Name => "snapshot-scheduler";

    public SnapshotSchedule Schedule { get; }

    /// <summary>When the next one is due, and what was wrong with the last.</summary>
    public ScheduleState State => _state;

    protected override async Task RunAsync(CancellationToken stopping)
    {
        SignalReady();
        while (true)
        {
            var next = Schedule.Next(_time.GetUtcNow(), _time.LocalTimeZone);
            _state = _state with { Next = next };
            await WaitUntilAsync(next, stopping);
            _state = _state with { Failure = await TryTakeAsync(stopping) };
        }
    }

    private async Task WaitUntilAsync(DateTimeOffset? due, CancellationToken stopping)
    {
        while (due is null || _time.GetUtcNow() < due)
        {
            var left = due is { } at ? at - _time.GetUtcNow() : WaitMax;
            await Task.Delay(left < WaitMax ? left : WaitMax, _time, stopping);
        }
    }

    /// <summary>Null, or what went wrong.</summary>
    private async Task<string?> TryTakeAsync(CancellationToken stopping)
    {
        try
        {
            var passphrase = _settings.SnapshotPassphraseFile is { } file ? PassphraseFile.Read(file) : null;
            var request = new SnapshotRequest(Name: null, Directory: null, passphrase, Compress: true);
            var taken = await _taker.TakeAsync(request, SnapshotManifest.Scheduled, stopping);
            Log.Taken(_logger, taken.Path, taken.Manifest!.Revision, taken.Bytes);
            var surplus = SnapshotRetention.Surplus(
                _taker.Folder.List(), taken.Manifest.ClusterId, _settings.SnapshotRetention);
            _taker.Folder.Delete(surplus);
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CommandException)
        {
            Log.Failed(_logger, _taker.Folder.Path, failed.Message);
            return failed.Message;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6400, LogLevel.Information, "Snapshot {File} of revision {Revision} taken, {Bytes} bytes")]
        public static partial void Taken(ILogger logger, string file, long revision, long bytes);

        [LoggerMessage(6401, LogLevel.Error,
            "The scheduled snapshot into {Directory} failed: {Why}; the cluster goes on, and the next one is tried at its time")]
        public static partial void Failed(ILogger logger, string directory, string why);
    }
}

/// <summary>Where the schedule stands.</summary>
/// <param name="Next">When the next snapshot is due; null when there is no such time.</param>
/// <param name="Failure">What was wrong with the last one; null when nothing, or before the first.</param>
internal sealed record ScheduleState(DateTimeOffset? Next, string? Failure);
