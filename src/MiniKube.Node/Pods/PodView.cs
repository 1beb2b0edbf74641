using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>One container as it is wanted, as it is, and as it was.</summary>
internal sealed record ContainerView(PodContainer Container, ContainerMemory Memory)
{
    public string Name => Container.Name;

    public ContainerRole Role => Container.Role;

    /// <summary>The newest instance, running or not.</summary>
    public ContainerStatus? Current { get; init; }

    /// <summary>The instance before.</summary>
    public ContainerStatus? Previous { get; init; }

    public bool IsRunning => Current is { Phase: ContainerPhase.Running };

    public bool HasExited => Current is { Phase: ContainerPhase.Exited };

    public bool HasSucceeded => HasExited && Current!.ExitCode == 0;

    /// <summary>Does not run, nothing is under way, and what its end left to say has been read.</summary>
    public bool IsSettled => Memory.Activity == ContainerActivity.None
        && (Current is null || FailedStart.Is(Current) || (HasExited && Memory.LastWords.ContainsKey(Current.Id)));

    /// <summary>Ended, and the restart policy leaves it at that.</summary>
    public bool IsDone(V1Pod pod)
        => HasExited && !Container.RestartsAfter(Current!.ExitCode ?? 0, pod.Spec.RestartPolicy);

    public bool IsStarted => IsRunning && Memory.Probes.ContainerId == Current!.Id && Memory.Probes.Started;

    public bool IsReady => IsStarted && Memory.Probes.Ready;

    /// <summary>The number the next instance gets; its restart count, too.</summary>
    public int NextAttempt => Math.Max(Memory.NextAttempt, Current is null ? 0 : Current.Attempt + 1);

    /// <summary>When an ended container may start again.</summary>
    public DateTimeOffset RestartDue => (Current?.Finished ?? DateTimeOffset.MinValue) + CrashBackoff.DelayAfter(Memory.Crashes);
}

/// <summary>
/// Everything a pod's planner decides on and its status is made of: the pod as the API has it, as the runtime has it, what the worker
/// remembers, and the time. A value: same view, same plan.
/// </summary>
internal sealed record PodView
{
    public required V1Pod Pod { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Init containers first, in the order of the specification.</summary>
    public required ImmutableArray<ContainerView> Containers { get; init; }

    /// <summary>The pod's sandboxes, oldest first.</summary>
    public ImmutableArray<SandboxStatus> Sandboxes { get; init; } = [];

    /// <summary>Instances nobody asks about any more: older than the previous one, or of a container the pod no longer has.</summary>
    public ImmutableArray<ContainerStatus> Leftovers { get; init; } = [];

    /// <summary>The object is gone from the API, or another pod has taken its name.</summary>
    public bool IsGone { get; init; }

    /// <summary>Volumes and sandbox are being made.</summary>
    public bool IsPreparing { get; init; }

    /// <summary>Why volumes or sandbox could not be made, and when to try again.</summary>
    public ContainerProblem? Problem { get; init; }

    /// <summary>The pod's directories and runtime objects are being removed.</summary>
    public bool IsCleaning { get; init; }

    /// <summary>Nothing of the pod is left on the node but the logs of a finished one.</summary>
    public bool IsClean { get; init; }

    /// <summary>The phase was Succeeded or Failed once: it is not left again.</summary>
    public bool IsFinished { get; init; }

    public bool IsDeleting => IsGone || Pod.Metadata.DeletionTimestamp is not null;

    public SandboxStatus? Sandbox => Sandboxes.LastOrDefault(sandbox => sandbox.Ready);

    public IEnumerable<ContainerView> Init => Containers.Where(container => container.Role == ContainerRole.Init);

    public IEnumerable<ContainerView> Main => Containers.Where(container => container.Role == ContainerRole.Main);

    public IEnumerable<ContainerView> Sidecars => Containers.Where(container => container.Role == ContainerRole.Sidecar);

    /// <summary>When <c>activeDeadlineSeconds</c> is over; null without one or before the pod was seen.</summary>
    public DateTimeOffset? Deadline
        => Pod.Spec.ActiveDeadlineSeconds is { } seconds && Pod.Status?.StartTime is { } start
            ? new DateTimeOffset(start, TimeSpan.Zero).AddSeconds(seconds)
            : null;

    public bool IsOverdue => Deadline <= Now;

    /// <summary>An init container failed for good.</summary>
    public bool HasFailedInit => Init.Any(container => container.IsDone(Pod) && !container.HasSucceeded);

    /// <summary>Nothing will run again: every container ended for good, or initialization failed for good, or time is up.</summary>
    public bool IsOver => IsFinished || IsOverdue || HasFailedInit || Main.All(container => container.IsDone(Pod));
}
