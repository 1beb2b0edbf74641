using k8s.Models;

namespace MiniKube.Node;

/// <summary>
/// The probes of one running instance, each in a loop of its own; liveness and readiness begin once the startup probe has passed.
/// https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
/// </summary>
internal sealed class ContainerProbes : IAsyncDisposable
{
    private static readonly TimeSpan PauseAtFirst = TimeSpan.FromMilliseconds(50);

    private readonly V1Pod _pod;
    private readonly PodContainer _container;
    private readonly ProbeTarget _target;
    private readonly DateTimeOffset _instanceStarted;
    private readonly PodWorkerContext _context;
    private readonly Action _changed;
    private readonly CancellationTokenSource _stopping;
    private readonly TaskCompletionSource _startedUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Task _loops;
    private ProbeVerdict _verdict;

    /// <param name="pod">The pod.</param>
    /// <param name="container">Its container.</param>
    /// <param name="instance">The running instance.</param>
    /// <param name="before">What was known of this very instance before a restart of the agent, or null.</param>
    /// <param name="context">What pod workers share.</param>
    /// <param name="changed">Called after the verdict has changed.</param>
    /// <param name="stopping">Ends the loops.</param>
    public ContainerProbes(
        V1Pod pod, PodContainer container, ProbedInstance instance, V1ContainerStatus? before, PodWorkerContext context,
        Action changed, CancellationToken stopping)
    {
        _pod = pod;
        _container = container;
        _target = new ProbeTarget(container.Spec, instance.ContainerId, instance.Address);
        _instanceStarted = instance.Started;
        _context = context;
        _changed = changed;
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var spec = container.Spec;
        var isStarted = spec.StartupProbe is null || before?.Started == true;
        var isReady = spec.ReadinessProbe is null || before?.Ready == true;
        _verdict = new ProbeVerdict(instance.ContainerId, isStarted, isReady, null);
        if (isStarted)
        {
            _startedUp.SetResult();
        }

        _loops = Task.WhenAll(
            isStarted ? Task.CompletedTask : RunAsync("Startup", spec.StartupProbe, _stopping.Token),
            RunAsync("Readiness", spec.ReadinessProbe, _stopping.Token),
            RunAsync("Liveness", spec.LivenessProbe, _stopping.Token));
    }

    public ProbeVerdict Verdict => Volatile.Read(ref _verdict);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(string kind, V1Probe? probe, CancellationToken cancellationToken)
    {
        if (probe is null)
        {
            return;
        }

        if (kind != "Startup")
        {
            await _startedUp.Task.WaitAsync(cancellationToken);
        }

        await WaitForInitialDelayAsync(probe, cancellationToken);
        if (kind == "Readiness" && !Verdict.Ready)
        {
            await HurryAsync(probe, cancellationToken);
        }

        var counter = new ProbeCounter(probe.SuccessThreshold ?? 1, probe.FailureThreshold ?? 3);
        while (true)
        {
            var result = await ProbeOnceAsync(probe, cancellationToken);
            Tell(kind, result);
            if (counter.Count(result.Passed) is { } conclusion && Conclude(kind, probe, conclusion))
            {
                return;
            }

            await Task.Delay(PeriodOf(probe), _context.Time, cancellationToken);
        }
    }

    /// <summary>
    /// Asks a container that has never been ready often within its first period, and returns once it answers or the period is
    /// over. What fails here is neither told nor counted: without it, a server that needs 50 ms to listen would take a whole
    /// period to become ready.
    /// </summary>
    private async Task HurryAsync(V1Probe probe, CancellationToken cancellationToken)
    {
        var passed = TimeSpan.Zero;
        for (var pause = PauseAtFirst; passed + pause < PeriodOf(probe); pause *= 2)
        {
            var result = await ProbeOnceAsync(probe, cancellationToken);
            if (result.Passed == true)
            {
                return;
            }

            await Task.Delay(pause, _context.Time, cancellationToken);
            passed += pause;
        }
    }

    private static TimeSpan PeriodOf(V1Probe probe) => TimeSpan.FromSeconds(Math.Max(1, probe.PeriodSeconds ?? 10));

    private async Task WaitForInitialDelayAsync(V1Probe probe, CancellationToken cancellationToken)
    {
        var begin = _instanceStarted.AddSeconds(probe.InitialDelaySeconds ?? 0);
        var wait = begin - _context.Time.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _context.Time, cancellationToken);
        }
    }

    private async Task<ProbeResult> ProbeOnceAsync(V1Probe probe, CancellationToken cancellationToken)
    {
        var patience = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds ?? 1));
        using var deadline = new CancellationTokenSource(patience, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await _context.Prober.ProbeAsync(probe, _target, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeResult.Failure(ProbeMessages.TimedOut(probe, _target, patience));
        }
    }

    private void Tell(string kind, ProbeResult result)
    {
        if (result.Passed != true)
        {
            var word = result.Passed is null ? "errored" : "failed";
            _context.Events.Warning(_pod, _container, "Unhealthy", $"{kind} probe {word}: {result.Output}");
        }
    }

    /// <summary>Publishes what a probe has made certain. True when the probe's work is done.</summary>
    private bool Conclude(string kind, V1Probe probe, bool passed)
    {
        lock (_gate)
        {
            var next = (kind, passed) switch
            {
                ("Startup", true) => _verdict with { Started = true },
                ("Readiness", _) => _verdict with { Ready = passed },
                (_, false) => _verdict with { Unhealthy = Killing(kind), Grace = GraceOf(probe) },
                _ => _verdict,
            };
            if (next == _verdict)
            {
                return false;
            }

            Volatile.Write(ref _verdict, next);
        }

        if (kind == "Startup" && passed)
        {
            _startedUp.TrySetResult();
        }

        _changed();
        return kind != "Readiness";
    }

    private string Killing(string kind)
        => $"Container {_container.Name} failed {kind.ToLowerInvariant()} probe, will be restarted";

    private static TimeSpan? GraceOf(V1Probe probe)
        => probe.TerminationGracePeriodSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}

/// <summary>The instance that is probed: its id, since when it runs, and its pod's address.</summary>
internal sealed record ProbedInstance(string ContainerId, DateTimeOffset Started, System.Net.IPAddress Address);
