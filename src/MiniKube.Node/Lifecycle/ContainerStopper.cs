using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// One stop of one container: preStop hook and SIGTERM share the grace, SIGKILL ends it. The grace can be made shorter on the way.
/// </summary>
internal sealed class ContainerStopper(PodWorkerContext context, V1Pod pod, PodAction.Stop stop)
{
    // A container whose preStop hook has used up the grace still gets this much after SIGTERM, as the kubelet gives.
    private static readonly TimeSpan GraceAfterHook = TimeSpan.FromSeconds(2);

    // Never disposed: it has no timer, and the loop may hasten what has just ended.
    private readonly CancellationTokenSource _hastened = new();
    private DateTimeOffset _deadline = context.Time.GetUtcNow() + stop.Grace;

    /// <summary>Makes the stop end by then at the latest; a later time changes nothing. Called by the worker's loop.</summary>
    public void Hasten(DateTimeOffset deadline)
    {
        // Deadlines are computed anew from whole seconds, so a small difference is none.
        if (deadline < _deadline - TimeSpan.FromSeconds(1))
        {
            _deadline = deadline;
            _hastened.Cancel();
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        context.Events.Normal(pod, stop.Container, "Killing", stop.Why);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _hastened.Token);
        var hasEnded = await TryAsync(either.Token, cancellationToken);
        if (!hasEnded)
        {
            await context.Runtime.StopContainerAsync(stop.Instance.Id, Left(), cancellationToken);
        }

        await context.RuntimeView.RefreshAsync(cancellationToken);
    }

    /// <summary>False when it was hastened before the container had ended.</summary>
    private async Task<bool> TryAsync(CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            var ranHook = await RunHookAsync(either);
            var left = Left();
            var grace = ranHook && left < GraceAfterHook ? GraceAfterHook : left;
            await context.Runtime.StopContainerAsync(stop.Instance.Id, grace, either);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> RunHookAsync(CancellationToken cancellationToken)
    {
        if (stop.Container.Spec.Lifecycle?.PreStop is not { } hook || stop.Grace <= TimeSpan.Zero)
        {
            return false;
        }

        using var deadline = new CancellationTokenSource(stop.Grace, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var state = context.RuntimeView.Of(pod.Metadata.Uid);
            var address = state.Sandboxes.LastOrDefault(one => one.Ready)?.Ip ?? context.Options.NodeIp;
            var target = new ProbeTarget(stop.Container.Spec, stop.Instance.Id, address);
            var hooks = new LifecycleHooks(context.Runtime, context.Prober, context.Time);
            if (await hooks.RunAsync(hook, target, either.Token) is { } problem)
            {
                context.Events.Warning(pod, stop.Container, "FailedPreStopHook", $"PreStopHook failed: {problem}");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.Events.Warning(
                pod, stop.Container, "FailedPreStopHook", "PreStopHook failed: it did not end within the grace period");
        }

        return true;
    }

    private TimeSpan Left()
    {
        var left = _deadline - context.Time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
