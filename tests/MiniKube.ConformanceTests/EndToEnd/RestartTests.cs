using System.Collections.Concurrent;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>What survives the server: every acknowledged object, and the pods as the same processes.</summary>
[NonParallelizable]
[Category("LinuxRoot")]
[Category("Kubectl")]
public sealed class RestartTests
{
    [SetUp]
    public void Require()
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
    }

    [TestCase("KILL")]
    [TestCase("TERM")]
    [CancelAfter(180_000)]
    public async Task Pods_outlive_the_server_and_the_next_one_adopts_them(string signal, CancellationToken cancellationToken)
    {
        await using var cluster = MiniKubeInstance.Create();
        var (folder, port) = cluster.CopySample("hello", 30080);
        await using var first = await cluster.StartServerAsync(cancellationToken);
        (await cluster.RunAsync(["apply", "-f", folder], cancellationToken)).Success();
        (await cluster.RunAsync(["rollout", "status", "deployment/web"], cancellationToken)).Success();
        var names = await cluster.KubectlOutputAsync(
            ["get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].metadata.name}"], cancellationToken);
        var pods = names.Split(' ');
        var before = PodProcesses.OfWeb(pods);
        var counted = (await Eventually.GetsAsync(
            "the URL answers",
            () => Page.TryGetAsync($"http://127.0.0.1:{port}", cancellationToken),
            page => page is not null,
            cancellationToken))!;

        await first.EndAsync(signal, cancellationToken);
        var between = PodProcesses.OfWeb(pods);
        await using var second = await cluster.StartServerAsync(cancellationToken);

        var page = (await Eventually.GetsAsync(
            "the URL answers again",
            () => Page.TryGetAsync($"http://127.0.0.1:{port}", cancellationToken),
            page => page is not null,
            cancellationToken))!;
        Assert.That(before, Has.Count.EqualTo(2));
        Assert.That(between, Is.EquivalentTo(before));
        Assert.That(PodProcesses.OfWeb(pods), Is.EquivalentTo(before));
        Assert.That(page.Counter, Is.GreaterThan(counted.Counter));
        var restarts = await cluster.KubectlOutputAsync(
            ["get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].restartCount}"], cancellationToken);
        Assert.That(restarts.Split(' '), Has.All.EqualTo("0"));
    }

    [Test, CancelAfter(180_000)]
    public async Task No_acknowledged_object_is_lost_when_the_server_is_killed_under_load(CancellationToken cancellationToken)
    {
        await using var cluster = MiniKubeInstance.Create();
        await using var first = await cluster.StartServerAsync(cancellationToken);
        var acknowledged = new ConcurrentBag<string>();
        using var writers = new ConfigMapWriters(cluster, acknowledged);
        await Eventually.HoldsAsync("500 objects were acknowledged", () => acknowledged.Count > 500, cancellationToken);

        await first.EndAsync("KILL", cancellationToken);
        await writers.StopAsync();
        await using var second = await cluster.StartServerAsync(cancellationToken);

        var names = await cluster.KubectlOutputAsync(["get", "configmaps", "-o", "name"], cancellationToken);
        var found = names.Split('\n').ToHashSet();
        Assert.That(acknowledged.Where(name => !found.Contains($"configmap/{name}")), Is.Empty);
    }

    [Test, CancelAfter(180_000)]
    public async Task Nothing_is_left_after_stop_and_no_data_after_uninstall(CancellationToken cancellationToken)
    {
        await using var cluster = MiniKubeInstance.Create();
        var (folder, _) = cluster.CopySample("hello", 30080);
        await using var server = await cluster.StartServerAsync(cancellationToken);
        (await cluster.RunAsync(["apply", "-f", folder], cancellationToken)).Success();
        (await cluster.RunAsync(["rollout", "status", "deployment/web"], cancellationToken)).Success();

        (await cluster.RunAsync(["stop", "--data-dir", cluster.DataDirectory], cancellationToken)).Success();
        var left = await HostFootprint.OfAsync(cluster, cancellationToken);
        var data = Directory.Exists(cluster.DataDirectory);
        (await cluster.RunAsync(["uninstall", "--data-dir", cluster.DataDirectory], cancellationToken)).Success();

        Assert.That(left, Is.Empty);
        Assert.That((data, Directory.Exists(cluster.DataDirectory)), Is.EqualTo((true, false)));
    }

    [Test, CancelAfter(180_000)]
    public async Task Stop_cleans_up_after_a_server_that_was_killed(CancellationToken cancellationToken)
    {
        await using var cluster = MiniKubeInstance.Create();
        var (folder, _) = cluster.CopySample("hello", 30080);
        await using var server = await cluster.StartServerAsync(cancellationToken);
        (await cluster.RunAsync(["apply", "-f", folder], cancellationToken)).Success();
        (await cluster.RunAsync(["rollout", "status", "deployment/web"], cancellationToken)).Success();
        await server.EndAsync("KILL", cancellationToken);

        (await cluster.RunAsync(["stop", "--data-dir", cluster.DataDirectory], cancellationToken)).Success();

        Assert.That(await HostFootprint.OfAsync(cluster, cancellationToken), Is.Empty);
    }

    [Test, CancelAfter(180_000)]
    public async Task A_second_up_carries_on_where_the_first_one_was(CancellationToken cancellationToken)
    {
        await using var cluster = MiniKubeInstance.Create();
        var (folder, port) = cluster.CopySample("hello", 30080);
        await using (var first = await cluster.UpAsync([folder], cancellationToken))
        {
            await first.EndAsync("INT", cancellationToken);
        }

        await using var second = await cluster.UpAsync([folder], cancellationToken);

        Assert.That(second.Output, Does.Contain("configmap/database: unchanged"));
        await Eventually.GetsAsync(
            "the URL answers",
            () => Page.TryGetAsync($"http://127.0.0.1:{port}", cancellationToken),
            page => page is not null,
            cancellationToken);
    }

    [Test, CancelAfter(180_000)]
    public async Task Two_instances_run_side_by_side(CancellationToken cancellationToken)
    {
        await using var one = MiniKubeInstance.Create();
        await using var other = MiniKubeInstance.Create();
        var (oneFolder, onePort) = one.CopySample("hello", 30080);
        var (otherFolder, otherPort) = other.CopySample("hello", 30080);
        await using var first = await one.UpAsync([oneFolder], cancellationToken);
        await using var second = await other.UpAsync([otherFolder], cancellationToken);

        // A moment may pass between an endpoint's readiness and the proxy of its node.
        var both = await Task.WhenAll(new[] { onePort, otherPort }.Select(port => Eventually.GetsAsync(
            "the page answers",
            () => Page.TryGetAsync($"http://127.0.0.1:{port}", cancellationToken),
            page => page is not null,
            cancellationToken)));
        await first.EndAsync("INT", cancellationToken);
        var survivor = await Page.GetAsync($"http://127.0.0.1:{otherPort}", cancellationToken);

        Assert.That(both[0]!.Pod, Is.Not.EqualTo(both[1]!.Pod));
        Assert.That(survivor.Counter, Is.GreaterThan(both[1]!.Counter));
        Assert.That(await HostFootprint.OfAsync(one, cancellationToken), Is.Empty);
    }
}
