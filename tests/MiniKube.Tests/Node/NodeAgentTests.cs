using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class NodeAgentTests
{
    private static readonly ObjectKey Web = new("default", "web");

    [Test, CancelAfter(30_000)]
    public async Task A_node_registers_with_labels_capacity_and_a_lease(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);

        var registered = await node.Client.FindAsync<V1Node>(ObjectKey.Cluster("node-1"), cancellationToken);
        var lease = await node.Client.FindAsync<V1Lease>(new ObjectKey("kube-node-lease", "node-1"), cancellationToken);

        Assert.That(registered!.Metadata.Labels["kubernetes.io/hostname"], Is.EqualTo("node-1"));
        Assert.That(registered.Metadata.Labels["disk"], Is.EqualTo("fast"));
        Assert.That(registered.Status.Allocatable["pods"].ToInt32(), Is.EqualTo(110));
        Assert.That(registered.Status.NodeInfo.KubeletVersion, Is.EqualTo("v1.35.0+minikube.1"));
        Assert.That(registered.Status.Addresses[0].Address, Is.EqualTo("192.0.2.10"));
        Assert.That(lease!.Spec.HolderIdentity, Is.EqualTo("node-1"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_node_that_is_deleted_while_its_agent_runs_comes_back_with_its_addresses_and_pods(
        CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        var key = ObjectKey.Cluster("node-1");
        var first = await node.Client.FindAsync<V1Node>(key, cancellationToken);
        var pod = await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);

        await node.Client.DeleteAsync<V1Node>(key, null, cancellationToken);
        await Eventually.HoldsAsync(
            "it is back and ready",
            async () => await node.Client.FindAsync<V1Node>(key, cancellationToken) is { } again
                && again.Metadata.Uid != first!.Metadata.Uid
                && again.Spec.PodCIDR == "10.42.0.0/24"
                && again.Status.Conditions.Any(one => one is { Type: "Ready", Status: "True" }),
            cancellationToken);

        Assert.That((await node.FindAsync("web", cancellationToken))!.Metadata.Uid, Is.EqualTo(pod.Metadata.Uid));
        Assert.That(await node.Runtime.ListSandboxesAsync(cancellationToken), Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_pod_runs_gets_an_address_and_becomes_ready(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);

        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        var pod = await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);

        Assert.That(pod.Status.Phase, Is.EqualTo("Running"));
        Assert.That(pod.Status.PodIP, Does.StartWith("10.42.0."));
        Assert.That(pod.Status.HostIP, Is.EqualTo("192.0.2.10"));
        Assert.That(pod.Status.QosClass, Is.EqualTo("BestEffort"));
        Assert.That(pod.Status.ContainerStatuses[0].ContainerID, Does.StartWith("simulated://"));
        Assert.That(pod.Status.ContainerStatuses[0].State.Running, Is.Not.Null);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_deleted_pod_is_stopped_and_leaves_nothing(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        var created = await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);

        await node.Client.DeleteAsync<V1Pod>(created.Key(), null, cancellationToken);
        await node.UntilGoneAsync("web", cancellationToken);

        Assert.That(await node.Runtime.ListSandboxesAsync(cancellationToken), Is.Empty);
        await Eventually.HoldsAsync(
            "its directory is gone",
            () => !Directory.Exists(Path.Combine(node.DataDirectory, "pods", created.Metadata.Uid)), cancellationToken);
        await node.UntilToldAsync("web", "Killing: Stopping container main", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_force_deleted_pod_is_removed_from_the_runtime(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        var created = await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);

        await node.Client.DeleteAsync<V1Pod>(
            created.Key(), new V1DeleteOptions { GracePeriodSeconds = 0 }, cancellationToken);

        await Eventually.HoldsAsync(
            "nothing of it runs",
            async () => (await node.Runtime.ListSandboxesAsync(cancellationToken)).Count == 0, cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_container_that_ends_is_restarted_and_the_end_is_told(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);

        node.Runtime.Exit(Web, "main", exitCode: 3);
        var pod = await node.EventuallyAsync(
            "it runs again", "web", item => IsReady(item) && item.Status.ContainerStatuses[0].RestartCount == 1, cancellationToken);

        Assert.That(pod.Status.ContainerStatuses[0].LastState.Terminated.ExitCode, Is.EqualTo(3));
        Assert.That(pod.Status.ContainerStatuses[0].LastState.Terminated.Reason, Is.EqualTo("Error"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_second_end_in_a_row_waits_in_CrashLoopBackOff(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);
        node.Runtime.Exit(Web, "main", exitCode: 1);
        await node.EventuallyAsync(
            "it runs again", "web", item => IsReady(item) && item.Status.ContainerStatuses[0].RestartCount == 1, cancellationToken);

        node.Runtime.Exit(Web, "main", exitCode: 1);
        var pod = await node.EventuallyAsync(
            "it waits", "web", item => item.Status.ContainerStatuses[0].State.Waiting is not null, cancellationToken);

        var waiting = pod.Status.ContainerStatuses[0].State.Waiting;
        Assert.That(waiting.Reason, Is.EqualTo("CrashLoopBackOff"));
        Assert.That(waiting.Message, Does.StartWith("back-off 10s restarting failed container=main pod=web_default("));
        Assert.That(pod.Status.Phase, Is.EqualTo("Running"));
        Assert.That(
            pod.Status.Conditions.Single(condition => condition.Type == "Ready").Message,
            Is.EqualTo("containers with unready status: [main]"));
    }

    [TestCase(0, "Succeeded"), TestCase(2, "Failed"), CancelAfter(30_000)]
    public async Task A_pod_that_is_not_restarted_ends_in_its_final_phase_and_keeps_its_log(
        int exitCode, string phase, CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web", pod => pod.Spec.RestartPolicy = "Never"), cancellationToken);
        await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);
        node.Runtime.WriteLog(Web, "main", "last line");

        node.Runtime.Exit(Web, "main", exitCode);
        await node.EventuallyAsync("it ended", "web", item => item.Status.Phase == phase, cancellationToken);
        await Eventually.HoldsAsync(
            "its address is given back",
            async () => (await node.Runtime.ListSandboxesAsync(cancellationToken)).Count == 0, cancellationToken);

        Assert.That(await node.LogsAsync("web", null, new LogOptions(), cancellationToken), Is.EqualTo("last line\n"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_restarted_agent_adopts_running_pods_as_they_are(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        var before = await node.EventuallyAsync("web is ready", "web", IsReady, cancellationToken);

        await using var next = await node.RestartAsync(cancellationToken);
        next.Runtime.Exit(Web, "main", exitCode: 1);
        var after = await next.EventuallyAsync(
            "the new agent looks after it", "web", item => item.Status.ContainerStatuses[0].RestartCount == 1, cancellationToken);

        Assert.That(after.Status.PodIP, Is.EqualTo(before.Status.PodIP));
        Assert.That(
            after.Status.ContainerStatuses[0].LastState.Terminated.ContainerID,
            Is.EqualTo(before.Status.ContainerStatuses[0].ContainerID), "it was the same container until then");
    }

    private static bool IsReady(V1Pod pod)
        => pod.Status?.Conditions?.Any(condition => condition.Type == "Ready" && condition.Status == "True") == true;
}
