using System.Collections.Immutable;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Why a container does not run: what its status says, and when the worker tries again (null: when something changes).</summary>
internal sealed record ContainerProblem(string Reason, string Message, DateTimeOffset Since, DateTimeOffset? RetryAt);

/// <summary>What a worker is doing with a container.</summary>
internal enum ContainerActivity
{
    None,
    Launching,
    Stopping,
}

/// <summary>
/// What the worker remembers of a container besides what the runtime and the API keep. Lost with the process, and then rebuilt
/// from those two.
/// </summary>
internal sealed record ContainerMemory
{
    /// <summary>What goes on with it right now.</summary>
    public ContainerActivity Activity { get; init; }

    /// <summary>Why the last launch failed; null after one that did not.</summary>
    public ContainerProblem? Problem { get; init; }

    /// <summary>Failures in a row before a container came to be (pulls).</summary>
    public int LaunchFailures { get; init; }

    /// <summary>Ends in a row, for the crash back-off.</summary>
    public int Crashes { get; init; }

    /// <summary>The number of the newest instance whose end has been counted; -1 is none.</summary>
    public int CountedAttempt { get; init; } = -1;

    /// <summary>The number the next instance has at least.</summary>
    public int NextAttempt { get; init; }

    /// <summary>Instances the runtime could not start: they count like ones that ended at once.</summary>
    public ImmutableArray<ContainerStatus> FailedStarts { get; init; } = [];

    /// <summary>What the probes found of the instance of that id.</summary>
    public ProbeVerdict Probes { get; init; } = ProbeVerdict.None;

    /// <summary>What ended instances left in their termination message file, by container id.</summary>
    public ImmutableDictionary<string, string> LastWords { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The id of the instance whose last words came last; those of older ones but one are dropped.</summary>
    public string LastHeard { get; init; } = "";

    /// <summary>Remembers the last words of an instance, and of the one before.</summary>
    public ContainerMemory Hear(string containerId, string words) => this with
    {
        LastWords = LastWords.Where(one => one.Key == LastHeard).ToImmutableDictionary().SetItem(containerId, words),
        LastHeard = containerId,
    };
}

/// <summary>The state of a running instance by its probes. Without probes, a running container is started and ready.</summary>
/// <param name="ContainerId">The instance this is about.</param>
/// <param name="Started">The startup probe passed, or there is none.</param>
/// <param name="Ready">The readiness probe passes, or there is none.</param>
/// <param name="Unhealthy">Why the instance must be killed, or null.</param>
internal sealed record ProbeVerdict(string ContainerId, bool Started, bool Ready, string? Unhealthy)
{
    public static ProbeVerdict None { get; } = new("", false, false, null);

    /// <summary>The grace of a kill by this verdict, when the probe has its own.</summary>
    public TimeSpan? Grace { get; init; }
}
