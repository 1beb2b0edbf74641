using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// What a worker remembers of its pod between two plans. Belongs to the worker's loop: nothing else touches it.
/// </summary>
internal sealed class PodMemory
{
    private readonly Dictionary<string, ContainerMemory> _containers = [];

    public PodMemory(V1Pod pod)
    {
        Status = pod.Status ?? new V1PodStatus();
        IsFinished = PodPhases.IsFinal(Status.Phase);
        foreach (var container in PodContainer.Of(pod))
        {
            var before = ContainerStatuses.Find(pod, container.Name);
            var next = before?.ContainerID is { Length: > 0 } ? before.RestartCount + 1 : 0;
            _containers[container.Name] = new ContainerMemory { NextAttempt = next };
        }
    }

    /// <summary>The last status made; at first the one the API has.</summary>
    public V1PodStatus Status { get; set; }

    /// <summary>The phase was Succeeded or Failed once.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Nothing of the pod is left on the node.</summary>
    public bool IsClean { get; set; }

    /// <summary>Why volumes or sandbox could not be made.</summary>
    public ContainerProblem? Problem { get; set; }

    /// <summary>Failures in a row to make volumes or sandbox.</summary>
    public int PrepareFailures { get; set; }

    public ContainerMemory Of(string containerName) => _containers.GetValueOrDefault(containerName) ?? new ContainerMemory();

    public void Change(string containerName, Func<ContainerMemory, ContainerMemory> change)
        => _containers[containerName] = change(Of(containerName));

    /// <summary>Something a failed attempt had waited for may be there now: no back-off holds it.</summary>
    public void RetryNow(DateTimeOffset now)
    {
        Problem = Problem is null ? null : Problem with { RetryAt = now };
        foreach (var (name, memory) in _containers.Where(one => one.Value.Problem?.Reason == LaunchReasons.InvalidConfig).ToList())
        {
            _containers[name] = memory with { Problem = memory.Problem! with { RetryAt = now } };
        }
    }

    /// <summary>When a failure that is shown as itself turns into waiting; null when there is none.</summary>
    public DateTimeOffset? NextShown(DateTimeOffset now)
        => _containers.Values
            .Select(memory => memory.Problem?.Since + ContainerStatuses.FailureShown)
            .Where(turn => turn > now)
            .Min();

    /// <summary>Counts what ended since the last look. Each instance is counted once.</summary>
    public void Observe(V1Pod pod, PodRuntimeState state)
    {
        foreach (var container in PodContainer.Of(pod))
        {
            var memory = Of(container.Name);
            var newest = Instances(container.Name, memory, state).LastOrDefault();
            _containers[container.Name] = newest is null ? memory : Counted(memory, newest);
        }
    }

    /// <summary>The containers as the planner sees them.</summary>
    public ImmutableArray<ContainerView> Views(
        V1Pod pod, PodRuntimeState state, Func<string, ContainerActivity> activityOf, Func<ContainerStatus, ProbeVerdict> verdictOf)
        => [.. PodContainer.Of(pod).Select(container =>
        {
            var memory = Of(container.Name);
            var instances = Instances(container.Name, memory, state);
            var current = instances.LastOrDefault();
            var isRunning = current?.Phase == ContainerPhase.Running;
            return new ContainerView(container, memory with
            {
                Activity = activityOf(container.Name),
                Probes = isRunning ? verdictOf(current!) : ProbeVerdict.None,
            })
            {
                Current = current,
                Previous = instances.Count > 1 ? instances[^2] : null,
            };
        })];

    /// <summary>Instances nobody asks about any more. One before the newest is kept for <c>logs --previous</c>.</summary>
    public ImmutableArray<ContainerStatus> Leftovers(V1Pod pod, PodRuntimeState state)
    {
        var kept = PodContainer.Of(pod)
            .SelectMany(container => Instances(container.Name, Of(container.Name), state).TakeLast(2))
            .ToHashSet();
        return [.. state.Containers.Where(container => !kept.Contains(container))];
    }

    private static List<ContainerStatus> Instances(string containerName, ContainerMemory memory, PodRuntimeState state)
        => [.. state.Containers.Where(one => one.Name == containerName)
            .Concat(memory.FailedStarts)
            .OrderBy(one => one.Attempt)];

    private static ContainerMemory Counted(ContainerMemory memory, ContainerStatus newest)
    {
        var seen = memory with { NextAttempt = Math.Max(memory.NextAttempt, newest.Attempt + 1) };
        if (newest.Phase == ContainerPhase.Running || newest.Attempt <= memory.CountedAttempt)
        {
            return seen;
        }

        // After a restart of the agent the earlier ends are known only by their number.
        var before = memory.CountedAttempt < 0 ? newest.Attempt : memory.Crashes;
        return seen with { Crashes = CrashBackoff.CountAfter(before, newest), CountedAttempt = newest.Attempt };
    }
}
