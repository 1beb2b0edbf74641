using System.Net;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>A node goes on while no server answers, and catches up after.</summary>
public sealed class OutageTests
{
    private static readonly ObjectKey Web = new("default", "web");

    [Test, CancelAfter(90_000)]
    public async Task A_container_that_crashes_while_no_server_answers_is_restarted_and_told_of_after(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);
        var before = (await node.Runtime.ListContainersAsync(cancellationToken)).Single().Id;

        node.Connection.Break();
        node.Runtime.Exit(Web, "main", 1);
        await Eventually.HoldsAsync(
            "another container runs",
            async () => (await node.Runtime.ListContainersAsync(cancellationToken))
                .Any(container => container.Id != before && container.Phase == MiniKube.Runtimes.ContainerPhase.Running),
            cancellationToken);
        var unseen = await node.FindAsync("web", cancellationToken);
        node.Connection.Mend();

        Assert.That(unseen!.Status.ContainerStatuses[0].RestartCount, Is.Zero, "nobody could be told yet");
        var after = await node.EventuallyAsync(
            "the restart is told", "web", pod => pod.Status.ContainerStatuses[0].RestartCount == 1, cancellationToken);
        Assert.That(after.Status.ContainerStatuses[0].LastState.Terminated.ExitCode, Is.EqualTo(1));
    }

    [Test, CancelAfter(90_000)]
    public async Task What_was_asked_for_while_the_connection_was_broken_is_done_without_listing_again(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        var lists = node.Connection.Lists;

        node.Connection.Break();
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        node.Connection.Mend();

        await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);
        Assert.That(node.Connection.Lists, Is.EqualTo(lists));
    }

    [Test, CancelAfter(90_000)]
    public async Task An_agent_that_starts_while_no_server_answers_waits_and_adopts_its_pods_after(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);
        var before = (await node.Runtime.ListContainersAsync(cancellationToken)).Single().Id;
        await node.Agent.StopAsync();

        await using var next = node.Next();
        next.Connection.Break();
        var starting = next.Agent.StartAsync(cancellationToken);
        Assert.That(starting.IsCompleted, Is.False);
        next.Connection.Mend();
        await starting;
        await next.UntilReadyAsync(cancellationToken);

        var after = await next.Runtime.ListContainersAsync(cancellationToken);
        Assert.That(after.Select(container => container.Id), Is.EqualTo([before]));
    }

    [Test, CancelAfter(90_000)]
    public async Task Another_address_of_the_node_is_in_its_status_and_in_those_of_its_pods(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);

        node.Address.Replace(IPAddress.Parse("192.0.2.77"));

        await node.EventuallyAsync("the pod tells", "web", pod => pod.Status.HostIP == "192.0.2.77", cancellationToken);
        await Eventually.HoldsAsync(
            "the node tells",
            async () => (await node.Client.FindAsync<V1Node>(ObjectKey.Cluster("node-1"), cancellationToken))!
                .Status.Addresses.Any(address => address.Type == "InternalIP" && address.Address == "192.0.2.77"),
            cancellationToken);
    }

    private static bool IsReady(V1Pod pod)
        => pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;
}
