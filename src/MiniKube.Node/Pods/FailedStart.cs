using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// An instance the runtime could not start, told as one that ended at once with 128: back-off, restart count, restart policy and
/// phase then need no case of their own.
/// </summary>
internal static class FailedStart
{
    private const string IdPrefix = "failed-start:";

    public static ContainerStatus Of(
        PodIdentity pod, string sandboxId, ContainerSpec spec, DateTimeOffset now, string message) => new()
    {
        Id = $"{IdPrefix}{spec.Name}:{spec.Attempt}",
        SandboxId = sandboxId,
        Pod = pod,
        Name = spec.Name,
        Attempt = spec.Attempt,
        Image = spec.Image,
        ImageId = "",
        SpecHash = spec.SpecHash,
        Phase = ContainerPhase.Exited,
        Started = now,
        Finished = now,
        ExitCode = 128,
        Message = message,
    };

    public static bool Is(ContainerStatus? instance)
        => instance?.Id.StartsWith(IdPrefix, StringComparison.Ordinal) == true;
}
