using System.Globalization;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Node;
using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class ProbeTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-01-01T00:00:00Z", CultureInfo.InvariantCulture));
    private volatile int _code;

    [Test, CancelAfter(30_000)]
    public async Task A_pod_is_ready_only_while_its_readiness_probe_passes(CancellationToken cancellationToken)
    {
        _code = 1;
        await using var node = await StartAsync(container => container.ReadinessProbe = Probe(period: 5, failures: 2), cancellationToken);
        var before = await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);

        _code = 0;
        await UntilAsync(node, "it is ready", pod => pod.Status.ContainerStatuses[0].Ready, cancellationToken);
        _code = 1;
        await UntilAsync(node, "it is not ready", pod => !pod.Status.ContainerStatuses[0].Ready, cancellationToken);

        Assert.That(before.Status.ContainerStatuses[0].Ready, Is.False);
        Assert.That((await node.FindAsync("web", cancellationToken))!.Status.ContainerStatuses[0].RestartCount, Is.Zero);
        await node.UntilToldAsync("web", "Unhealthy: Readiness probe failed: probe said 1", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_container_whose_liveness_probe_fails_is_restarted(CancellationToken cancellationToken)
    {
        await using var node = await StartAsync(container => container.LivenessProbe = Probe(period: 3, failures: 2), cancellationToken);
        await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);

        _code = 7;
        await UntilAsync(node, "it was restarted", pod => pod.Status.ContainerStatuses[0].RestartCount >= 1, cancellationToken);

        await node.UntilToldAsync("web", "Unhealthy: Liveness probe failed: probe said 7", cancellationToken);
        await node.UntilToldAsync("web", "Killing: Container main failed liveness probe, will be restarted", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task Liveness_waits_until_the_startup_probe_has_passed(CancellationToken cancellationToken)
    {
        _code = 1;
        await using var node = await StartAsync(
            container =>
            {
                container.StartupProbe = Probe(period: 1, failures: 1_000);
                container.LivenessProbe = Probe(period: 1, failures: 1);
            },
            cancellationToken);
        var starting = await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);

        _time.Advance(TimeSpan.FromSeconds(30));
        _code = 0;
        await UntilAsync(node, "it has started", pod => pod.Status.ContainerStatuses[0].Started == true, cancellationToken);

        var pod = await node.FindAsync("web", cancellationToken);
        Assert.That(starting.Status.ContainerStatuses[0].Started, Is.False);
        Assert.That(pod!.Status.ContainerStatuses[0].RestartCount, Is.Zero, "liveness did not begin before");
    }

    [Test, CancelAfter(30_000)]
    public async Task A_probe_that_takes_too_long_has_failed(CancellationToken cancellationToken)
    {
        await using var node = await StartAsync(container => container.LivenessProbe = Probe(period: 2, failures: 1), cancellationToken);
        node.Runtime.Executor = (_, _) => new SimulatedAnswer(0) { Duration = TimeSpan.FromMinutes(1) };
        await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);

        await UntilAsync(node, "it was restarted", pod => pod.Status.ContainerStatuses[0].RestartCount >= 1, cancellationToken);

        await node.UntilToldAsync(
            "web", "Unhealthy: Liveness probe failed: command timed out: \"check\" timed out after 1s", cancellationToken);
    }

    [TestCase(3, "ffpff", null)]
    [TestCase(3, "ffpfff", false)]
    [TestCase(1, "p", true)]
    [TestCase(2, "f?f", false, Description = "what says nothing does not count")]
    public void A_conclusion_takes_the_threshold_in_a_row(int failures, string results, bool? expected)
    {
        var counter = new ProbeCounter(successThreshold: 1, failures);

        bool? conclusion = null;
        foreach (var result in results)
        {
            conclusion = counter.Count(result switch { 'p' => true, 'f' => false, _ => null });
        }

        Assert.That(conclusion, Is.EqualTo(expected));
    }

    private static V1Probe Probe(int period, int failures) => new()
    {
        Exec = new V1ExecAction { Command = ["check"] },
        PeriodSeconds = period,
        FailureThreshold = failures,
        TimeoutSeconds = 1,
    };

    private static bool IsRunning(V1Pod pod) => pod.Status?.ContainerStatuses?[0].State.Running is not null;

    private async Task<TestNode> StartAsync(Action<V1Container> change, CancellationToken cancellationToken)
    {
        var node = await TestNode.StartAsync(_time, cancellationToken);
        node.Runtime.Executor = (_, _) => new SimulatedAnswer(_code, $"probe said {_code}");
        await node.RunAsync(Objects.Pod("web", pod => change(pod.Spec.Containers[0])), cancellationToken);
        return node;
    }

    /// <summary>Lets time pass until the pod is as wanted.</summary>
    private async Task UntilAsync(TestNode node, string what, Func<V1Pod, bool> condition, CancellationToken cancellationToken)
    {
        var key = new ObjectKey("default", "web");
        await _time.AdvanceUntilAsync(
            what, Tick, () => condition(node.Client.FindAsync<V1Pod>(key, cancellationToken).Result!), cancellationToken);
    }
}
