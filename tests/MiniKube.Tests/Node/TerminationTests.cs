using System.Globalization;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class TerminationTests
{
    private static readonly ObjectKey Web = new("default", "web");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-01-01T00:00:00Z", CultureInfo.InvariantCulture));

    [Test, CancelAfter(30_000)]
    public async Task A_container_that_does_not_obey_is_killed_after_the_grace(CancellationToken cancellationToken)
    {
        await using var node = await StartAsync(null, cancellationToken);
        node.Runtime.StopDuration = TimeSpan.FromHours(1);
        var began = _time.GetUtcNow();

        await DeleteAsync(node, graceSeconds: 1, cancellationToken);
        await UntilAsync("it is gone", () => Find(node, cancellationToken) is null, cancellationToken);

        Assert.That((_time.GetUtcNow() - began).TotalSeconds, Is.GreaterThanOrEqualTo(1));
        node.Runtime.StopDuration = TimeSpan.Zero;
    }

    [Test, CancelAfter(30_000)]
    public async Task A_running_stop_is_hastened_by_force(CancellationToken cancellationToken)
    {
        await using var node = await StartAsync(null, cancellationToken);
        node.Runtime.StopDuration = TimeSpan.FromHours(1);
        var began = _time.GetUtcNow();
        await DeleteAsync(node, graceSeconds: 600, cancellationToken);
        await node.UntilToldAsync("web", "Killing: Stopping container main", cancellationToken);

        await node.Client.DeleteAsync<V1Pod>(Web, new V1DeleteOptions { GracePeriodSeconds = 0 }, cancellationToken);
        await UntilAsync(
            "nothing of it runs",
            () => node.Runtime.ListSandboxesAsync(cancellationToken).Result.Count == 0, cancellationToken);

        Assert.That((_time.GetUtcNow() - began).TotalMinutes, Is.LessThan(5));
        node.Runtime.StopDuration = TimeSpan.Zero;
    }

    [Test, CancelAfter(30_000)]
    public async Task The_preStop_hook_runs_before_the_stop(CancellationToken cancellationToken)
    {
        var calls = new List<string>();
        await using var node = await StartAsync(
            container => container.Lifecycle = new V1Lifecycle
            {
                PreStop = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["drain"] } },
            },
            cancellationToken);
        node.Runtime.Executor = (_, process) =>
        {
            calls.Add(string.Join(' ', process.Command));
            return new SimulatedAnswer(3, "busy");
        };

        await DeleteAsync(node, graceSeconds: 30, cancellationToken);
        await UntilAsync("it is gone", () => Find(node, cancellationToken) is null, cancellationToken);

        Assert.That(calls, Is.EqualTo(new[] { "drain" }));
        await node.UntilToldAsync(
            "web", "FailedPreStopHook: PreStopHook failed: command 'drain' exited with 3: busy", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task Stopping_all_pods_leaves_nothing_and_the_next_start_runs_them_again(CancellationToken cancellationToken)
    {
        await using var node = await StartAsync(null, cancellationToken);

        await node.Agent.StopAllPodsAsync(cancellationToken);
        var left = await node.Runtime.ListContainersAsync(cancellationToken);
        await using var next = await node.RestartAsync(cancellationToken);
        var again = await next.EventuallyAsync(
            "it runs again", "web", pod => pod.Status.ContainerStatuses[0] is { RestartCount: 1, Ready: true }, cancellationToken);

        Assert.That(left, Is.Empty);
        Assert.That(again.Status.Phase, Is.EqualTo("Running"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_pod_deleted_while_no_agent_ran_is_removed_by_the_next(CancellationToken cancellationToken)
    {
        await using var node = await StartAsync(null, cancellationToken);
        await node.Agent.StopAsync();
        await node.Client.DeleteAsync<V1Pod>(Web, new V1DeleteOptions { GracePeriodSeconds = 0 }, cancellationToken);

        await using var next = await node.RestartAsync(cancellationToken);

        await Eventually.HoldsAsync(
            "nothing of it runs",
            async () => (await next.Runtime.ListSandboxesAsync(cancellationToken)).Count == 0, cancellationToken);
    }

    private static V1Pod? Find(TestNode node, CancellationToken cancellationToken)
        => node.Client.FindAsync<V1Pod>(Web, cancellationToken).Result;

    private static Task DeleteAsync(TestNode node, int graceSeconds, CancellationToken cancellationToken)
        => node.Client.DeleteAsync<V1Pod>(
            Web, new V1DeleteOptions { GracePeriodSeconds = graceSeconds }, cancellationToken);

    private async Task<TestNode> StartAsync(Action<V1Container>? change, CancellationToken cancellationToken)
    {
        var node = await TestNode.StartAsync(_time, cancellationToken);
        await node.RunAsync(Objects.Pod("web", pod => change?.Invoke(pod.Spec.Containers[0])), cancellationToken);
        await node.EventuallyAsync("it runs", "web", pod => pod.Status?.ContainerStatuses?[0].Ready == true, cancellationToken);
        return node;
    }

    private Task UntilAsync(string what, Func<bool> condition, CancellationToken cancellationToken)
        => _time.AdvanceUntilAsync(what, TimeSpan.FromMilliseconds(100), condition, cancellationToken);
}
