using System.Collections.Immutable;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>One thing for the worker to do. Each is started once; its end leads to the next plan.</summary>
internal abstract record PodAction
{
    /// <summary>Make the volumes and then the sandbox with this number; remove dead sandboxes before.</summary>
    public sealed record Prepare(int Attempt) : PodAction;

    /// <summary>Get the image, start the container, run its postStart hook.</summary>
    public sealed record Launch(PodContainer Container, int Attempt) : PodAction;

    /// <summary>Give up a launch that is under way.</summary>
    public sealed record AbandonLaunch(string ContainerName) : PodAction;

    /// <summary>Run the preStop hook, stop the container within the grace.</summary>
    public sealed record Stop(PodContainer Container, ContainerStatus Instance, TimeSpan Grace, string Why) : PodAction;

    /// <summary>Stop a stop that is under way sooner: less grace is left than it was given.</summary>
    public sealed record Hasten(string ContainerName, DateTimeOffset Deadline) : PodAction;

    /// <summary>Forget an instance nobody asks about.</summary>
    public sealed record Forget(ContainerStatus Instance) : PodAction;

    /// <summary>Remove sandboxes and volumes; keep the last logs of a finished pod until it is deleted.</summary>
    public sealed record CleanUp(bool KeepLogs) : PodAction;

    /// <summary>Tell the API that the pod is gone from this node.</summary>
    public sealed record ConfirmDeletion : PodAction;
}

/// <summary>What to do now, and when to look again if nothing happens before.</summary>
internal sealed record PodPlan(ImmutableArray<PodAction> Actions, DateTimeOffset? WakeAt = null)
{
    public static PodPlan Nothing { get; } = new([]);

    /// <summary>Every container has ended for good: the status made now is the last one.</summary>
    public bool IsOver { get; init; }

    /// <summary>The worker's job is done.</summary>
    public bool IsEnd { get; init; }
}
