using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// Turns a plan's actions into operations, and their ends into memory. Belongs to the worker's loop; the functions given to
/// <see cref="PodOperations"/> run beside it and touch neither memory nor each other.
/// </summary>
internal sealed class PodSteps(PodWorkerContext context, PodMemory memory, PodOperations operations)
{
    public const string PrepareKey = "prepare";
    public const string CleanKey = "clean up";

    private const string VolumesKey = "update volumes";
    private const string ConfirmKey = "confirm deletion";

    private readonly PodPreparer _preparer = new(context);
    private readonly ContainerLauncher _launcher = new(context);
    private readonly LastWords _lastWords = new(context);
    private readonly LogArchive _archive = new(context.Runtime, context.Options.DataDirectory);
    private readonly Dictionary<string, ContainerStopper> _stoppers = [];

    /// <summary>When a token in the pod's volumes gets old; null when none does.</summary>
    public DateTimeOffset? RenewAt => _preparer.RenewAt;

    public ContainerActivity ActivityOf(string containerName)
        => operations.IsRunning(LaunchKey(containerName)) ? ContainerActivity.Launching
            : operations.IsRunning(StopKey(containerName)) ? ContainerActivity.Stopping
            : ContainerActivity.None;

    public void Start(PodPlan plan, PodView view, CancellationToken stopping)
    {
        foreach (var action in plan.Actions)
        {
            Start(action, view, stopping);
        }

        if (view.IsDeleting || view.IsOver)
        {
            operations.Cancel(PrepareKey);
        }

        if (plan.IsEnd)
        {
            context.Volumes.Remove(view.Pod.Metadata.Uid);
        }

        ReadLastWords(view, stopping);
    }

    /// <summary>Puts new tokens into the volumes if their time has come.</summary>
    public void RenewTokens(V1Pod pod, PodRuntimeState state, DateTimeOffset now, CancellationToken stopping)
    {
        if (_preparer.TakeRenewal(now))
        {
            UpdateVolumes(pod, state, stopping);
        }
    }

    /// <summary>Brings volumes made of API objects up to date, when the pod runs.</summary>
    public void UpdateVolumes(V1Pod pod, PodRuntimeState state, CancellationToken stopping)
    {
        if (state.Sandboxes.LastOrDefault(one => one.Ready) is not { } sandbox)
        {
            return;
        }

        operations.Start(VolumesKey, stopping, async cancellationToken =>
        {
            var podIp = (sandbox.Ip ?? context.Options.NodeIp).ToString();
            try
            {
                await _preparer.MakeVolumesAsync(pod, podIp, cancellationToken);
            }
            catch (PrepareException)
            {
                // Its event says what is wrong; what is mounted stays as it was until the source is right again.
            }

            return static () => { };
        });
    }

    private static string LaunchKey(string containerName) => $"launch {containerName}";

    private static string StopKey(string containerName) => $"stop {containerName}";

    private void Start(PodAction action, PodView view, CancellationToken stopping)
    {
        switch (action)
        {
            case PodAction.Prepare prepare:
                operations.Start(PrepareKey, stopping, token => PrepareAsync(view.Pod, prepare.Attempt, token));
                return;
            case PodAction.Launch launch:
                operations.Start(LaunchKey(launch.Container.Name), stopping,
                    token => LaunchAsync(view, launch, token));
                return;
            case PodAction.AbandonLaunch abandon:
                operations.Cancel(LaunchKey(abandon.ContainerName));
                return;
            case PodAction.Stop stop:
                StartStop(stop, view.Pod, stopping);
                return;
            case PodAction.Hasten hasten:
                _stoppers.GetValueOrDefault(hasten.ContainerName)?.Hasten(hasten.Deadline);
                return;
            case PodAction.Forget forget:
                operations.Start($"forget {forget.Instance.Id}", stopping, token => ForgetAsync(forget.Instance, token));
                return;
            case PodAction.CleanUp clean:
                operations.Start(CleanKey, stopping, token => CleanUpAsync(view, clean.KeepLogs, token));
                return;
            case PodAction.ConfirmDeletion when !operations.IsRunning(PodStatusWriter.Key):
                operations.Start(ConfirmKey, stopping, token => ConfirmAsync(view.Pod, token));
                return;
        }
    }

    private void StartStop(PodAction.Stop stop, V1Pod pod, CancellationToken stopping)
    {
        var stopper = new ContainerStopper(context, pod, stop);
        _stoppers[stop.Container.Name] = stopper;
        operations.Start(StopKey(stop.Container.Name), stopping, async token =>
        {
            await stopper.RunAsync(token);
            return static () => { };
        });
    }

    private async Task<Action> PrepareAsync(V1Pod pod, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            await _preparer.PrepareAsync(pod, attempt, cancellationToken);
            return () =>
            {
                memory.Problem = null;
                memory.PrepareFailures = 0;
            };
        }
        catch (PrepareException failure)
        {
            return () => memory.Problem = ProblemOf(failure.Reason, failure.Message, ++memory.PrepareFailures);
        }
    }

    private async Task<Action> LaunchAsync(PodView view, PodAction.Launch launch, CancellationToken cancellationToken)
    {
        var name = launch.Container.Name;
        var result = await _launcher.LaunchAsync(
            view.Pod, launch.Container, launch.Attempt, view.Sandbox!, cancellationToken);
        if (result.Problem is { } problem)
        {
            return () => memory.Change(name, known => known with
            {
                LaunchFailures = known.LaunchFailures + 1,
                Problem = ProblemOf(problem.Reason, problem.Message, known.LaunchFailures + 1),
            });
        }

        return () => memory.Change(name, known => known with
        {
            LaunchFailures = 0,
            Problem = null,
            FailedStarts = result.FailedStart is { } failed
                ? [.. known.FailedStarts.TakeLast(1), failed]
                : known.FailedStarts,
        });
    }

    private async Task<Action> ForgetAsync(ContainerStatus instance, CancellationToken cancellationToken)
    {
        await context.Runtime.RemoveContainerAsync(instance.Id, cancellationToken);
        await context.RuntimeView.RefreshAsync(cancellationToken);
        return static () => { };
    }

    private async Task<Action> CleanUpAsync(PodView view, bool keepLogs, CancellationToken cancellationToken)
    {
        if (keepLogs)
        {
            await _archive.SaveAsync(view, cancellationToken);
        }

        // What an abandoned preparation may just have made must go, too.
        await context.RuntimeView.RefreshAsync(cancellationToken);
        foreach (var sandbox in context.RuntimeView.Of(view.Pod.Metadata.Uid).Sandboxes)
        {
            await context.Runtime.RemoveSandboxAsync(sandbox.Id, cancellationToken);
        }

        context.Volumes.RemoveVolumes(view.Pod.Metadata.Uid);
        await context.RuntimeView.RefreshAsync(cancellationToken);
        return () => memory.IsClean = true;
    }

    private async Task<Action> ConfirmAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var options = new V1DeleteOptions
        {
            GracePeriodSeconds = 0,
            Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid },
        };
        await context.Client.WhenReachableAsync(cancellationToken);
        try
        {
            await context.Client.DeleteAsync<V1Pod>(pod.Key(), options, cancellationToken);
        }
        catch (ApiException gone) when (gone.Reason is StatusReason.NotFound or StatusReason.Conflict)
        {
            // Gone already, or its name belongs to another pod: the watch tells.
        }

        return static () => { };
    }

    /// <summary>Fetches what instances that ended have left to say, once each.</summary>
    private void ReadLastWords(PodView view, CancellationToken stopping)
    {
        foreach (var container in view.Containers)
        {
            if (container.Current is { Phase: ContainerPhase.Exited } ended
                && !FailedStart.Is(ended)
                && !container.Memory.LastWords.ContainsKey(ended.Id))
            {
                operations.Start($"last words {ended.Id}", stopping, async token =>
                {
                    var words = await _lastWords.ReadAsync(view.Pod, container.Container, ended, token);
                    return () => memory.Change(container.Name, known => known.Hear(ended.Id, words));
                });
            }
        }
    }

    private ContainerProblem ProblemOf(string reason, string message, int failures)
    {
        var now = context.Time.GetUtcNow();
        return new ContainerProblem(reason, message, now, now + CrashBackoff.DelayAfterFailure(failures));
    }
}
