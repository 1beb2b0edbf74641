using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// Decides what a pod needs next. Pure: no I/O, no clock, no memory of its own.
/// <code>
///                prepare            launch init, one by one      launch all others
///   (nothing) ------------> sandbox ----------------------> ... ------------------> running
///       ^                      |                                                   |   |  ^
///       |  sandbox died        |                              unhealthy, changed   v   |  | back-off
///       +----------------------+                              or ended:          ended |--+
///                                                                                      |
///   deleted, gone, overdue, or every container done                                    |
///       stop what runs (preStop, SIGTERM, grace, SIGKILL) &lt;----------------------------+
///       -> clean up (sandbox, volumes) -> confirm the deletion, or wait for it
/// </code>
/// </summary>
internal static class PodPlanner
{
    // The kubelet lets a pod whose object is already gone this much time, whatever the object had asked for.
    private static readonly TimeSpan GraceOfGone = TimeSpan.FromSeconds(2);

    public static PodPlan Plan(PodView view)
        => view.IsDeleting || view.IsOver ? PlanEnd(view) : PlanRun(view);

    private static PodPlan PlanRun(PodView view)
    {
        if (view.Sandbox is null || view.IsPreparing)
        {
            return PlanSandbox(view);
        }

        var next = new Steps { WakeAt = view.Deadline };
        foreach (var container in view.Containers.Where(container => MayRun(view, container)))
        {
            PlanContainer(view, container, next);
        }

        next.Actions.AddRange(view.Leftovers
            .Where(leftover => leftover.Phase == ContainerPhase.Exited)
            .Select(leftover => new PodAction.Forget(leftover)));
        return next.ToPlan();
    }

    private static PodPlan PlanSandbox(PodView view)
    {
        if (view.IsPreparing)
        {
            return PodPlan.Nothing with { WakeAt = view.Deadline };
        }

        if (view.Problem?.RetryAt > view.Now)
        {
            return PodPlan.Nothing with { WakeAt = Earlier(view.Problem.RetryAt, view.Deadline) };
        }

        return new PodPlan([new PodAction.Prepare(NextSandbox(view))], view.Deadline);
    }

    /// <summary>Init containers hold back everything after them until they have done their part.</summary>
    private static bool MayRun(PodView view, ContainerView container)
        => container.Role == ContainerRole.Ephemeral
            || view.Containers.TakeWhile(before => before != container).All(before => IsPassed(view, before));

    private static bool IsPassed(PodView view, ContainerView container) => container.Role switch
    {
        // Once a main container has run in this sandbox, initialization is over, whatever has been forgotten of it since.
        ContainerRole.Init => container.HasSucceeded || HasBegun(view),
        ContainerRole.Sidecar => container.IsStarted || HasBegun(view),
        _ => true,
    };

    private static bool HasBegun(PodView view) => view.Main.Any(container => container.Current?.SandboxId == view.Sandbox?.Id);

    private static void PlanContainer(PodView view, ContainerView container, Steps next)
    {
        if (container.Memory.Activity != ContainerActivity.None)
        {
            return;
        }

        if (container.IsRunning)
        {
            PlanRunning(view, container, next);
            return;
        }

        var isPassedInit = container.Role == ContainerRole.Init && IsPassed(view, container);
        if (isPassedInit || container.IsDone(view.Pod))
        {
            return;
        }

        var due = container.HasExited ? container.RestartDue : DateTimeOffset.MinValue;
        if (container.Memory.Problem is { } problem && problem.RetryAt is { } retry && retry > due)
        {
            due = retry;
        }

        if (due > view.Now)
        {
            next.WakeAt = Earlier(next.WakeAt, due);
            return;
        }

        next.Actions.Add(new PodAction.Launch(container.Container, container.NextAttempt));
    }

    private static void PlanRunning(PodView view, ContainerView container, Steps next)
    {
        var instance = container.Current!;
        if (instance.SpecHash != SpecHash.Of(container.Container.Spec))
        {
            var why = $"Container {container.Name} definition changed, will be restarted";
            next.Actions.Add(new PodAction.Stop(container.Container, instance, PodGrace(view.Pod), why));
        }
        else if (container.Memory.Probes is { Unhealthy: { } unhealthy } verdict && verdict.ContainerId == instance.Id)
        {
            var grace = verdict.Grace ?? PodGrace(view.Pod);
            next.Actions.Add(new PodAction.Stop(container.Container, instance, grace, unhealthy));
        }
    }

    private static PodPlan PlanEnd(PodView view)
    {
        if (view.IsClean)
        {
            return PlanGone(view);
        }

        var grace = GraceLeft(view);
        var steps = new Steps();
        foreach (var container in view.Containers)
        {
            PlanStop(view, container, grace, steps);
        }

        var isQuiet = !view.IsPreparing
            && view.Containers.All(container => container.IsSettled);
        if (!isQuiet)
        {
            return steps.ToPlan();
        }

        return view.IsCleaning
            ? PodPlan.Nothing with { IsOver = true }
            : new PodPlan([new PodAction.CleanUp(KeepLogs: !view.IsDeleting)]) { IsOver = true };
    }

    private static PodPlan PlanGone(PodView view)
    {
        if (view.IsGone)
        {
            return PodPlan.Nothing with { IsOver = true, IsEnd = true };
        }

        return view.IsDeleting
            ? new PodPlan([new PodAction.ConfirmDeletion()]) { IsOver = true }
            : PodPlan.Nothing with { IsOver = true };
    }

    private static void PlanStop(PodView view, ContainerView container, TimeSpan grace, Steps steps)
    {
        switch (container.Memory.Activity)
        {
            case ContainerActivity.Launching:
                steps.Actions.Add(new PodAction.AbandonLaunch(container.Name));
                return;
            case ContainerActivity.Stopping:
                steps.Actions.Add(new PodAction.Hasten(container.Name, view.Now + grace));
                return;
        }

        // Sidecars serve the others until the last of them has ended.
        var isStillNeeded = container.Role == ContainerRole.Sidecar
            && view.Containers.Any(other => other.Role != ContainerRole.Sidecar && other.IsRunning);
        if (container.IsRunning && !isStillNeeded)
        {
            steps.Actions.Add(new PodAction.Stop(
                container.Container, container.Current!, grace, $"Stopping container {container.Name}"));
        }
    }

    /// <summary>What is left of the pod's grace period; it counts down from the deletion, also over a restart of the agent.</summary>
    private static TimeSpan GraceLeft(PodView view)
    {
        if (view.IsGone)
        {
            return GraceOfGone;
        }

        if (view.Pod.Metadata.DeletionTimestamp is not { } deletion)
        {
            return PodGrace(view.Pod);
        }

        // The timestamp is cut to whole seconds, so up to a second more than it says is left.
        var left = new DateTimeOffset(deletion, TimeSpan.Zero).AddSeconds(1) - view.Now;
        var granted = TimeSpan.FromSeconds(view.Pod.Metadata.DeletionGracePeriodSeconds ?? 0);
        return TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, granted.Ticks));
    }

    private static TimeSpan PodGrace(V1Pod pod)
        => TimeSpan.FromSeconds(Math.Max(1, pod.Spec.TerminationGracePeriodSeconds ?? 30));

    private static int NextSandbox(PodView view)
        => view.Sandboxes.IsEmpty ? 0 : view.Sandboxes.Max(sandbox => SandboxName.AttemptOf(sandbox.Id)) + 1;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other)
        => one is null || other < one ? other : one;

    /// <summary>A plan in the making.</summary>
    private sealed class Steps
    {
        public ImmutableArray<PodAction>.Builder Actions { get; } = ImmutableArray.CreateBuilder<PodAction>();

        public DateTimeOffset? WakeAt { get; set; }

        public PodPlan ToPlan() => new(Actions.ToImmutable(), WakeAt);
    }
}
