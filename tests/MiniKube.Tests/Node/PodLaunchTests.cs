using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class PodLaunchTests
{
    private static readonly ObjectKey Web = new("default", "web");

    [Test, CancelAfter(30_000)]
    public async Task An_image_that_cannot_be_pulled_shows_as_ErrImagePull_then_ImagePullBackOff(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        node.Runtime.FailPull("minikube/testbox", new RuntimeException(RuntimeError.PullFailed, "registry is down"));

        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        var failing = await node.EventuallyAsync("it fails", "web", pod => Waiting(pod) == "ErrImagePull", cancellationToken);
        await node.EventuallyAsync("it backs off", "web", pod => Waiting(pod) == "ImagePullBackOff", cancellationToken);
        var error = Assert.ThrowsAsync<ApiException>(
            () => node.LogsAsync("web", null, new LogOptions(), cancellationToken));

        Assert.That(failing.Status.Phase, Is.EqualTo("Pending"));
        Assert.That(
            failing.Status.ContainerStatuses[0].State.Waiting.Message,
            Is.EqualTo("failed to pull image \"minikube/testbox\": registry is down"));
        Assert.That(
            error!.Message, Is.EqualTo("container \"main\" in pod \"web\" is waiting to start: trying and failing to pull image"));
        await node.UntilToldAsync("web", "Failed: Failed to pull image \"minikube/testbox\": registry is down", cancellationToken);
        await node.UntilToldAsync("web", "Failed: Error: ErrImagePull", cancellationToken);
        await node.UntilToldAsync("web", "BackOff: Back-off pulling image \"minikube/testbox\"", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_pod_that_must_not_pull_says_so(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);

        await node.RunAsync(
            Objects.Pod("web", pod => pod.Spec.Containers[0].ImagePullPolicy = "Never"), cancellationToken);

        await node.EventuallyAsync("it waits", "web", pod => Waiting(pod) == "ErrImageNeverPull", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_missing_ConfigMap_holds_the_container_until_it_appears(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(
            Objects.Pod("web", pod => pod.Spec.Containers[0].Env =
            [
                new V1EnvVar
                {
                    Name = "A",
                    ValueFrom = new V1EnvVarSource { ConfigMapKeyRef = new V1ConfigMapKeySelector { Name = "settings", Key = "key" } },
                },
            ]),
            cancellationToken);
        var waiting = await node.EventuallyAsync(
            "it waits", "web", pod => Waiting(pod) == "CreateContainerConfigError", cancellationToken);

        await node.Client.CreateAsync(Objects.ConfigMap("settings"), cancellationToken);
        await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);

        Assert.That(
            waiting.Status.ContainerStatuses[0].State.Waiting.Message, Is.EqualTo("configmap \"settings\" not found"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_missing_Secret_volume_holds_the_pod_until_it_appears(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        var created = await node.RunAsync(
            Objects.Pod("web", pod => pod.Spec.Volumes =
                [new V1Volume { Name = "keys", Secret = new V1SecretVolumeSource { SecretName = "keys" } }]),
            cancellationToken);
        await node.UntilToldAsync(
            "web", "FailedMount: MountVolume.SetUp failed for volume \"keys\" : secret \"keys\" not found", cancellationToken);

        await node.Client.CreateAsync(
            new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = "keys", NamespaceProperty = "default" },
                Data = new Dictionary<string, byte[]> { ["token"] = [1, 2, 3] },
            },
            cancellationToken);
        await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);

        var file = Path.Combine(node.DataDirectory, "pods", created.Metadata.Uid, "volumes", "keys", "token");
        Assert.That(await File.ReadAllBytesAsync(file, cancellationToken), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_mounted_ConfigMap_follows_its_changes(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        var map = await node.Client.CreateAsync(Objects.ConfigMap("settings"), cancellationToken);
        var created = await node.RunAsync(
            Objects.Pod("web", pod => pod.Spec.Volumes =
                [new V1Volume { Name = "settings", ConfigMap = new V1ConfigMapVolumeSource { Name = "settings" } }]),
            cancellationToken);
        await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);
        var file = Path.Combine(node.DataDirectory, "pods", created.Metadata.Uid, "volumes", "settings", "key");

        var changed = ObjectJson.Copy(map);
        changed.Data["key"] = "new value";
        await node.Client.UpdateAsync(changed, null, cancellationToken);

        await Eventually.GetsAsync(
            "the file follows", () => File.ReadAllTextAsync(file, cancellationToken), text => text == "new value", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task Init_containers_run_one_after_another_before_the_others(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(
            Objects.Pod("web", pod => pod.Spec.InitContainers = [Container("first"), Container("second")]), cancellationToken);
        var initializing = await node.EventuallyAsync(
            "the first runs", "web", pod => pod.Status.InitContainerStatuses?[0].State.Running is not null, cancellationToken);

        node.Runtime.Exit(Web, "first", 0);
        await node.EventuallyAsync(
            "the second runs", "web", pod => pod.Status.InitContainerStatuses[1].State.Running is not null, cancellationToken);
        node.Runtime.Exit(Web, "second", 0);
        var running = await node.EventuallyAsync("main runs", "web", IsRunning, cancellationToken);

        Assert.That(Waiting(initializing), Is.EqualTo("PodInitializing"));
        Assert.That(
            initializing.Status.Conditions.Single(condition => condition.Type == "Initialized").Message,
            Is.EqualTo("containers with incomplete status: [first second]"));
        Assert.That(running.Status.InitContainerStatuses.Select(status => status.Ready), Is.All.True);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_failed_init_container_that_is_not_restarted_fails_the_pod(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(
            Objects.Pod("web", pod =>
            {
                pod.Spec.RestartPolicy = "Never";
                pod.Spec.InitContainers = [Container("first")];
            }),
            cancellationToken);
        await node.EventuallyAsync(
            "the first runs", "web", pod => pod.Status.InitContainerStatuses?[0].State.Running is not null, cancellationToken);

        node.Runtime.Exit(Web, "first", 1);

        await node.EventuallyAsync("it failed", "web", pod => pod.Status.Phase == "Failed", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_sidecar_serves_the_main_containers_and_ends_after_them(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(
            Objects.Pod("web", pod =>
            {
                pod.Spec.RestartPolicy = "Never";
                pod.Spec.InitContainers = [Container("proxy")];
                pod.Spec.InitContainers[0].RestartPolicy = "Always";
            }),
            cancellationToken);
        var running = await node.EventuallyAsync("main runs", "web", IsRunning, cancellationToken);

        node.Runtime.Exit(Web, "main", 0);
        var ended = await node.EventuallyAsync("it succeeded", "web", pod => pod.Status.Phase == "Succeeded", cancellationToken);

        Assert.That(running.Status.InitContainerStatuses[0].State.Running, Is.Not.Null);
        Assert.That(ended.Status.InitContainerStatuses[0].State.Terminated, Is.Not.Null);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_command_that_cannot_run_fails_a_pod_that_is_not_restarted(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        node.Runtime.FailStart(
            "minikube/testbox", new RuntimeException(RuntimeError.CannotRun, "exec: \"nope\": not found"));

        await node.RunAsync(Objects.Pod("web", pod => pod.Spec.RestartPolicy = "Never"), cancellationToken);
        var failed = await node.EventuallyAsync("it failed", "web", pod => pod.Status.Phase == "Failed", cancellationToken);

        var terminated = failed.Status.ContainerStatuses[0].State.Terminated;
        Assert.That((terminated.ExitCode, terminated.Reason), Is.EqualTo((128, "StartError")));
        Assert.That(terminated.Message, Is.EqualTo("exec: \"nope\": not found"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_dead_sandbox_is_replaced_and_its_containers_restarted(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);

        node.Runtime.KillSandbox(Web);
        var pod = await node.EventuallyAsync(
            "it runs again", "web",
            item => IsRunning(item) && item.Status.ContainerStatuses[0].RestartCount == 1, cancellationToken);

        Assert.That(pod.Status.ContainerStatuses[0].LastState.Terminated.ExitCode, Is.EqualTo(137));
        Assert.That(await node.Runtime.ListSandboxesAsync(cancellationToken), Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_changed_image_restarts_that_container(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        var created = await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);

        await node.Client.UpdateWithRetryAsync(
            created,
            item =>
            {
                item.Spec.Containers[0].Image = "minikube/testbox:2";
                return true;
            },
            subresource: null,
            cancellationToken);
        var pod = await node.EventuallyAsync(
            "it runs the new image", "web",
            item => IsRunning(item) && item.Status.ContainerStatuses[0].RestartCount == 1, cancellationToken);

        Assert.That(pod.Status.ContainerStatuses[0].Image, Is.EqualTo("minikube/testbox:2"));
        await node.UntilToldAsync("web", "Killing: Container main definition changed, will be restarted", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task Exec_runs_a_command_in_the_default_container(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);

        await using var session = await node.Agent.ExecAsync(
            new ContainerAddress(Web, null), new ExecOptions(["echo", "hi"]), cancellationToken);
        using var reader = new StreamReader(session.Stdout);

        Assert.That(await reader.ReadToEndAsync(cancellationToken), Is.EqualTo("echo hi\n"));
        Assert.That(await session.WaitAsync(cancellationToken), Is.Zero);
    }

    [Test, CancelAfter(30_000)]
    public async Task Logs_of_a_container_that_never_restarted_have_no_previous(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);

        var error = Assert.ThrowsAsync<ApiException>(
            () => node.LogsAsync("web", "main", new LogOptions { Previous = true }, cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.BadRequest));
        Assert.That(error.Message, Is.EqualTo("previous terminated container \"main\" in pod \"web\" not found"));
    }

    [Test, CancelAfter(30_000)]
    public async Task The_log_of_the_instance_before_is_kept(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);
        await node.RunAsync(Objects.Pod("web"), cancellationToken);
        await node.EventuallyAsync("it runs", "web", IsRunning, cancellationToken);
        node.Runtime.WriteLog(Web, "main", "one");
        node.Runtime.Exit(Web, "main", 1);
        await node.EventuallyAsync(
            "it runs again", "web", pod => IsRunning(pod) && pod.Status.ContainerStatuses[0].RestartCount == 1, cancellationToken);

        var previous = await node.LogsAsync("web", null, new LogOptions { Previous = true }, cancellationToken);

        Assert.That(previous, Is.EqualTo("one\n"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_pod_past_its_deadline_fails(CancellationToken cancellationToken)
    {
        await using var node = await TestNode.StartAsync(TimeProvider.System, cancellationToken);

        await node.RunAsync(Objects.Pod("web", pod => pod.Spec.ActiveDeadlineSeconds = 1), cancellationToken);
        var failed = await node.EventuallyAsync("it failed", "web", pod => pod.Status.Phase == "Failed", cancellationToken);

        Assert.That(failed.Status.Reason, Is.EqualTo("DeadlineExceeded"));
        Assert.That(failed.Status.Message, Is.EqualTo("Pod was active on the node longer than the specified deadline"));
    }

    private static V1Container Container(string name) => new() { Name = name, Image = "minikube/testbox" };

    private static string? Waiting(V1Pod pod) => pod.Status?.ContainerStatuses?[0].State.Waiting?.Reason;

    private static bool IsRunning(V1Pod pod) => pod.Status?.ContainerStatuses?[0].State.Running is not null;
}
