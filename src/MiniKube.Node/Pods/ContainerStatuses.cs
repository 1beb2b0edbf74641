using k8s.Models;
using MiniKube.Api;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Makes one entry of <c>status.containerStatuses</c>, with the reasons and words of the kubelet.</summary>
internal static class ContainerStatuses
{
    // How long a failure is shown as itself before it is shown as the waiting for the next try. The kubelet's sync makes it some
    // seconds, too.
    public static readonly TimeSpan FailureShown = TimeSpan.FromSeconds(5);

    public static V1ContainerStatus Of(PodView view, ContainerView container, string runtimeName)
    {
        var before = Find(view.Pod, container.Name);
        var current = container.Current;
        var state = StateOf(view, container, runtimeName, before);
        return new V1ContainerStatus
        {
            Name = container.Name,
            Image = container.Container.Spec.Image,
            ImageID = current?.ImageId ?? before?.ImageID ?? "",
            ContainerID = IdOf(current, runtimeName) ?? before?.ContainerID,
            State = state,
            LastState = LastStateOf(container, runtimeName, state, before),
            RestartCount = current?.Attempt ?? before?.RestartCount ?? 0,
            Ready = IsReady(view, container),
            Started = container.Role switch
            {
                ContainerRole.Init => container.IsRunning,
                ContainerRole.Ephemeral => null,
                _ => container.IsStarted,
            },
        };
    }

    /// <summary>The entry the pod's present status has for a container.</summary>
    public static V1ContainerStatus? Find(V1Pod pod, string containerName)
        => (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? [])
            .Concat(pod.Status?.EphemeralContainerStatuses ?? [])
            .FirstOrDefault(status => status.Name == containerName);

    /// <summary>As the API spells ids: <c>docker://...</c>; null for an instance that never came to be.</summary>
    private static string? IdOf(ContainerStatus? instance, string runtimeName)
        => instance is { Id.Length: > 0 } && !FailedStart.Is(instance) ? $"{runtimeName}://{instance.Id}" : null;

    private static bool IsReady(PodView view, ContainerView container)
        => container.Role switch
        {
            ContainerRole.Init => container.HasSucceeded,
            ContainerRole.Ephemeral => false,
            _ => container.IsReady && !view.IsOver,
        };

    private static V1ContainerState StateOf(
        PodView view, ContainerView container, string runtimeName, V1ContainerStatus? before)
    {
        if (container.Current is { Phase: ContainerPhase.Running } running)
        {
            return new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = running.Started.UtcDateTime } };
        }

        if (WaitingReason(view, container) is { } waiting)
        {
            return new V1ContainerState { Waiting = waiting };
        }

        if (container.HasExited)
        {
            return new V1ContainerState { Terminated = Terminated(container, container.Current!, runtimeName) };
        }

        return view.IsDeleting || view.IsOver ? Lost(before) : Waiting(DefaultReason(view));
    }

    private static V1ContainerState? LastStateOf(
        ContainerView container, string runtimeName, V1ContainerState state, V1ContainerStatus? before)
    {
        // A container that waits has its newest end behind it; one that runs or has ended, the end before.
        if (state.Waiting is not null && container.HasExited)
        {
            return new V1ContainerState { Terminated = Terminated(container, container.Current!, runtimeName) };
        }

        if (container.Previous is { } previous)
        {
            return new V1ContainerState { Terminated = Terminated(container, previous, runtimeName) };
        }

        if (container.Current is null && before?.State?.Terminated is { } terminated)
        {
            return new V1ContainerState { Terminated = terminated };
        }

        return before?.LastState ?? new V1ContainerState();
    }

    private static V1ContainerStateWaiting? WaitingReason(PodView view, ContainerView container)
    {
        if (view.IsDeleting || view.IsOver)
        {
            return null;
        }

        if (container.Memory.Problem is { } problem)
        {
            return ProblemReason(view, container, problem);
        }

        if (FailedStart.Is(container.Current) && !container.IsDone(view.Pod) && container.RestartDue <= view.Now)
        {
            return Named(LaunchReasons.RunFailed, container.Current!.Message);
        }

        // Until it may start again, it is down by its own fault; before that, it is simply terminated.
        return container.HasExited && !container.IsDone(view.Pod) && container.RestartDue > view.Now
            ? CrashLoop(view, container)
            : null;
    }

    private static V1ContainerStateWaiting ProblemReason(PodView view, ContainerView container, ContainerProblem problem)
    {
        var isFresh = view.Now - problem.Since < FailureShown;
        return problem.Reason switch
        {
            LaunchReasons.PullFailed when !isFresh => Named(
                LaunchReasons.PullBackOff, $"Back-off pulling image \"{container.Container.Spec.Image}\": {problem.Message}"),
            _ => Named(problem.Reason, problem.Message),
        };
    }

    private static V1ContainerStateWaiting CrashLoop(PodView view, ContainerView container) => Named(
        LaunchReasons.CrashLoop,
        $"back-off {GoDuration.Of(CrashBackoff.DelayAfter(container.Memory.Crashes))} restarting failed container="
            + $"{container.Name} pod={PodNames.Of(view.Pod)}");

    private static V1ContainerStateTerminated Terminated(
        ContainerView container, ContainerStatus instance, string runtimeName) => new()
    {
        ContainerID = IdOf(instance, runtimeName),
        ExitCode = instance.ExitCode ?? 0,
        Reason = ReasonOf(instance),
        Message = container.Memory.LastWords.GetValueOrDefault(instance.Id) is { Length: > 0 } words
            ? words
            : instance.Message is { Length: > 0 } message ? message : null,
        StartedAt = instance.Started.UtcDateTime,
        FinishedAt = instance.Finished?.UtcDateTime,
    };

    private static string ReasonOf(ContainerStatus instance)
    {
        if (FailedStart.Is(instance))
        {
            return "StartError";
        }

        return instance.OomKilled ? "OOMKilled" : instance.ExitCode == 0 ? "Completed" : "Error";
    }

    /// <summary>The pod ends, and the runtime has nothing of a container: it never ran, or nobody saw its end.</summary>
    private static V1ContainerState Lost(V1ContainerStatus? before)
    {
        if (before?.State?.Running is null)
        {
            return before?.State ?? Waiting("ContainerCreating");
        }

        return new V1ContainerState
        {
            Terminated = new V1ContainerStateTerminated
            {
                ContainerID = before.ContainerID,
                ExitCode = 137,
                Reason = "ContainerStatusUnknown",
                Message = "The container could not be located when the pod was terminated",
            },
        };
    }

    private static string DefaultReason(PodView view)
        => view.Containers.Any(container => container.Role is ContainerRole.Init or ContainerRole.Sidecar)
            ? LaunchReasons.Initializing
            : LaunchReasons.Creating;

    private static V1ContainerState Waiting(string reason) => new() { Waiting = new V1ContainerStateWaiting { Reason = reason } };

    private static V1ContainerStateWaiting Named(string reason, string message) => new() { Reason = reason, Message = message };
}
