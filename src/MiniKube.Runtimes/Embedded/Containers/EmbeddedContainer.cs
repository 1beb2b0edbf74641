namespace MiniKube.Runtimes;

/// <summary>A container as this process knows it: its record and how it fares. Thread-safe.</summary>
internal sealed class EmbeddedContainer(string sandboxId, string directory, ContainerRecord record)
{
    // What Kubernetes calls ContainerStatusUnknown: it ended, nobody saw how.
    private const int ExitCodeUnknown = 137;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ContainerState? _state;

    public string Id => $"{sandboxId}.{record.Key}";

    public string Directory => directory;

    public ContainerRecord Record => record;

    /// <summary>Null until it started.</summary>
    public ContainerState? State => _state;

    public bool Running => _state is { Finished: 0 };

    /// <summary>Completes when it ended and its log is complete.</summary>
    public Task Ended => _ended.Task;

    /// <summary>
    /// Takes what the monitor tells. It tells over two connections, the answer to a start over one and the end over the other: a
    /// container that ended stays ended, whichever is read last.
    /// </summary>
    public void Update(ContainerState state)
    {
        lock (_gate)
        {
            if (_state is not { Finished: not 0 })
            {
                _state = state;
            }
        }

        if (state.Finished != 0)
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>Its monitor is gone, and it with it: what is known is what the monitor wrote down.</summary>
    public void MarkLost()
    {
        if (_state is { Finished: not 0 })
        {
            return;
        }

        var path = Path.Combine(directory, SandboxFiles.Exit);
        if (File.Exists(path))
        {
            Update(ContainerState.Read(Wire.Reader(File.ReadAllBytes(path)[Wire.HeaderBytes..])));
            return;
        }

        var created = Nanoseconds(record.Created);
        var known = _state ?? new ContainerState(record.Key, 0, created, 0, 0, false);
        Update(known with { Finished = Math.Max(known.Started, created), ExitCode = ExitCodeUnknown });
    }

    public ContainerStatus ToStatus(PodIdentity pod)
    {
        var state = _state;
        var ended = state is not { Finished: 0 };
        return new ContainerStatus
        {
            Id = Id,
            SandboxId = sandboxId,
            Pod = pod,
            Name = record.Name,
            Attempt = record.Attempt,
            Image = record.Image,
            ImageId = record.ImageId,
            SpecHash = record.SpecHash,
            Phase = ended ? ContainerPhase.Exited : ContainerPhase.Running,
            Started = state is null ? record.Created : Time(state.Started),
            Finished = state is { Finished: not 0 } ? Time(state.Finished) : null,
            ExitCode = ended ? state?.ExitCode : null,
            OomKilled = state?.OomKilled ?? false,
        };
    }

    private static DateTimeOffset Time(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * 100;
}
