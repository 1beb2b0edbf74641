namespace MiniKube.Runtimes;

/// <summary>A container that is only a record. Thread-safe.</summary>
internal sealed class SimulatedContainer(SandboxSpec sandbox, ContainerSpec spec, string imageId, DateTimeOffset started)
{
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private ContainerStatus _status = new()
    {
        Id = $"{sandbox.Id}-{spec.Name}-{spec.Attempt}",
        SandboxId = sandbox.Id,
        Pod = sandbox.Pod,
        Name = spec.Name,
        Attempt = spec.Attempt,
        Image = spec.Image,
        ImageId = imageId,
        SpecHash = spec.SpecHash,
        Phase = ContainerPhase.Running,
        Started = started,
    };

    public string Id => _status.Id;

    public string SandboxId => sandbox.Id;

    public PodIdentity Pod => sandbox.Pod;

    public ContainerSpec Spec => spec;

    public SimulatedLog Log { get; } = new();

    public ContainerStatus Status => Volatile.Read(ref _status);

    public bool HasExited => Status.Phase == ContainerPhase.Exited;

    public void ExitLater(ITimer timer) => _timer = timer;

    public void ForgetTimer() => _timer?.Dispose();

    /// <summary>Ends the container; false when it had ended before.</summary>
    public bool Exit(int exitCode, DateTimeOffset now, bool oomKilled = false)
    {
        lock (_gate)
        {
            if (HasExited)
            {
                return false;
            }

            Volatile.Write(ref _status, _status with
            {
                Phase = ContainerPhase.Exited,
                ExitCode = exitCode,
                Finished = now,
                OomKilled = oomKilled,
            });
        }

        _timer?.Dispose();
        Log.Complete();
        return true;
    }
}
