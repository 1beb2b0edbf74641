using System.Text.RegularExpressions;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>
/// The main job from outside: <c>minikube up samples/hello</c> with the real binary, then an unmodified kubectl. One cluster for
/// all tests of a runtime.
/// </summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[Category("LinuxRoot")]
[Category("Kubectl")]
public abstract partial class HelloSampleTests(string runtime)
{
    private readonly MiniKubeInstance _cluster = MiniKubeInstance.Create(runtime);
    private ForegroundProgram? _up;
    private string _folder = "";
    private string _url = "";

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await RequireAsync(patience.Token);
        (_folder, var port) = _cluster.CopySample("hello", 30080);
        _url = $"http://127.0.0.1:{port}";
        _up = await _cluster.UpAsync([_folder], patience.Token);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_up is not null)
        {
            await _up.DisposeAsync();
        }

        await _cluster.DisposeAsync();
    }

    [Test, Order(1), CancelAfter(60_000)]
    public async Task Up_prints_a_url_where_both_pods_answer_and_count(CancellationToken cancellationToken)
    {
        Assert.That(_up!.Output, Does.Contain(_url).And.Contain($"export KUBECONFIG={_cluster.Kubeconfig}"));

        var pages = new List<Page>();
        await Eventually.HoldsAsync("two pods answered", async () =>
        {
            pages.Add(await Page.GetAsync(_url, cancellationToken));
            return pages.DistinctBy(page => page.Pod).Count() == 2;
        }, cancellationToken);

        Assert.That(pages.Select(page => page.Counter), Is.Ordered.Ascending.And.Unique);
        Assert.That((pages[0].Line("database"), pages[0].Line("user")), Is.EqualTo(("database:6379", "hello")));
    }

    [Test, Order(2), CancelAfter(60_000)]
    public async Task Kubectl_shows_nodes_pods_services_and_deployments(CancellationToken cancellationToken)
    {
        var shown = await KubectlAsync("get", "nodes,pods,svc,deploy", "-A", "-o", "wide");

        Assert.That(shown, Does.Contain($"node/{_cluster.NodeName}").And.Contain("pod/web-").And.Contain("service/kubernetes")
            .And.Contain("deployment.apps/web").And.Contain("2/2").And.Contain("minikube/testbox"));
        Task<string> KubectlAsync(params string[] arguments) => _cluster.KubectlOutputAsync(arguments, cancellationToken);
    }

    [TestCase("get", "deployments,services")]
    [TestCase("get", "configmap", "database", "-o", "yaml")]
    [TestCase("get", "pods", "-o", "name", "-l", "app=web")]
    [TestCase("get", "secret", "database", "--show-labels", "--no-headers")]
    [TestCase("rollout", "status", "deployment/web")]
    [Order(3), CancelAfter(60_000)]
    public async Task Our_own_verbs_print_what_kubectl_prints(params string[] arguments)
    {
        var ours = await _cluster.RunAsync(arguments, TestContext.CurrentContext.CancellationToken);
        var theirs = await _cluster.KubectlAsync(arguments, TestContext.CurrentContext.CancellationToken);

        // The one runs a moment after the other.
        Assert.That(AgePattern().Replace(ours.Output, "AGE"), Is.EqualTo(AgePattern().Replace(theirs.Output, "AGE")));
    }

    [Test, Order(4), CancelAfter(90_000)]
    public async Task Five_replicas_run_after_scaling_up_and_two_after_scaling_down(CancellationToken cancellationToken)
    {
        await _cluster.KubectlOutputAsync(["scale", "deploy/web", "--replicas=5"], cancellationToken);
        await _cluster.KubectlOutputAsync(["rollout", "status", "deploy/web"], cancellationToken);
        var five = await PodsAsync("app=web", cancellationToken);
        (await _cluster.RunAsync(["scale", "deployment/web", "--replicas", "2"], cancellationToken)).Success();

        Assert.That(five, Has.Count.EqualTo(5));
        await Eventually.GetsAsync(
            "two pods are left", () => PodsAsync("app=web", cancellationToken), pods => pods.Count == 2, cancellationToken);
    }

    [Test, Order(5), CancelAfter(120_000)]
    public async Task A_rollout_and_its_undo_lose_no_request(CancellationToken cancellationToken)
    {
        await using var loop = new RequestLoop(_url);

        await _cluster.KubectlOutputAsync(["set", "env", "deploy/web", "GREETING=hi"], cancellationToken);
        await _cluster.KubectlOutputAsync(["rollout", "status", "deploy/web"], cancellationToken);
        await _cluster.KubectlOutputAsync(["rollout", "undo", "deploy/web"], cancellationToken);
        await _cluster.KubectlOutputAsync(["rollout", "status", "deploy/web"], cancellationToken);
        await loop.StopAsync();

        Assert.That(loop.Failures, Is.Empty, $"of {loop.Answers} requests");
        Assert.That(loop.Pods, Has.Count.GreaterThanOrEqualTo(4), "old and new pods answered");
    }

    [Test, Order(6), CancelAfter(60_000)]
    public async Task Logs_are_followed_as_they_are_written(CancellationToken cancellationToken)
    {
        await using var logs = new ForegroundProgram(
            "kubectl",
            ["--kubeconfig", _cluster.Kubeconfig, "logs", "-f", "deploy/database", "--tail=0"],
            new Dictionary<string, string>());
        var pod = (await PodsAsync("app=web", cancellationToken))[0];
        await using var web = new ForegroundProgram(
            MiniKubeInstance.Binary, ["logs", "-f", pod, "--kubeconfig", _cluster.Kubeconfig], new Dictionary<string, string>());

        await Eventually.HoldsAsync("a request shows in the log", async () =>
        {
            await Page.GetAsync(_url, cancellationToken);
            return web.Output.Contains("GET / 200", StringComparison.Ordinal);
        }, cancellationToken);
        logs.MustRun();
    }

    [Test, Order(7), CancelAfter(60_000)]
    public async Task Exec_runs_in_the_container_and_gives_its_exit_code_back(CancellationToken cancellationToken)
    {
        string[] command = ["exec", "deploy/web", "--", "sh", "-c", "hostname; exit 3"];

        var theirs = await _cluster.KubectlAsync(command, cancellationToken);
        var ours = await _cluster.RunAsync(command, cancellationToken);

        var pods = await PodsAsync("app=web", cancellationToken);
        Assert.That((theirs.ExitCode, ours.ExitCode), Is.EqualTo((3, 3)), theirs.Error + ours.Error);
        Assert.That(pods, Does.Contain(theirs.Output.Trim()).And.Contain(ours.Output.Trim()));
    }

    [Test, Order(8), CancelAfter(90_000)]
    public async Task A_deleted_pod_is_replaced_by_one_with_another_name_and_address(CancellationToken cancellationToken)
    {
        var before = await AddressesAsync("app=web", cancellationToken);
        var victim = before.Keys.First();

        await _cluster.KubectlOutputAsync(["delete", "pod", victim], cancellationToken);
        await _cluster.KubectlOutputAsync(["rollout", "status", "deploy/web"], cancellationToken);

        var after = await AddressesAsync("app=web", cancellationToken);
        Assert.That(after, Has.Count.EqualTo(2).And.Not.ContainKey(victim));
        Assert.That(after.Values, Does.Not.Contain(before[victim]));
    }

    [Test, Order(9), CancelAfter(60_000)]
    public async Task Describe_shows_the_pod_with_its_events(CancellationToken cancellationToken)
    {
        var pod = (await PodsAsync("app=web", cancellationToken))[0];

        var ours = (await _cluster.RunAsync(["describe", "pod", pod], cancellationToken)).Success();
        var theirs = await _cluster.KubectlOutputAsync(["describe", "pod", pod], cancellationToken);

        Assert.That(ours, Does.Contain("minikube/testbox").And.Contain("Scheduled").And.Contain("Started"));
        Assert.That(theirs, Does.Contain("Successfully assigned").And.Contain("Started"));
    }

    [Test, Order(10), CancelAfter(60_000)]
    public async Task Applying_the_same_files_again_changes_nothing(CancellationToken cancellationToken)
    {
        var ours = (await _cluster.RunAsync(["apply", "-f", _folder], cancellationToken)).Success();
        var theirs = await _cluster.KubectlOutputAsync(["apply", "-f", _folder], cancellationToken);

        Assert.That(ours.TrimEnd().Split('\n'), Has.All.EndsWith(" unchanged"));
        // kubectl sends a Secret's stringData every time, and says "configured" of it.
        Assert.That(theirs.Replace("secret/database configured\n", "", StringComparison.Ordinal).TrimEnd().Split('\n'),
            Has.Length.EqualTo(5).And.All.EndsWith(" unchanged"));
    }

    [Test, Order(11), CancelAfter(60_000)]
    public async Task Images_are_loaded_and_listed_and_a_file_that_is_none_is_refused(CancellationToken cancellationToken)
    {
        var layer = TarArchives.Tar(TarArchives.File("hello", "hello\n"));
        var archive = _cluster.Write("image.tar", TarArchives.DockerArchive("other/box:v1", "{}", layer));
        var wrong = _cluster.Write("wrong.tar", new byte[100_000]);

        var loaded = (await ImageAsync("load", archive)).Success();
        var refused = await ImageAsync("load", wrong);
        var listed = (await ImageAsync("list")).Success();

        Assert.That(loaded, Does.Contain("Loaded other/box:v1"));
        Assert.That((refused.ExitCode, refused.Error.TrimEnd().Split('\n').Length), Is.EqualTo((1, 1)), refused.Error);
        Assert.That(listed, Does.Contain("other/box:v1").And.Contain("minikube/testbox"));
        _up!.MustRun();
        Task<ProgramRun> ImageAsync(params string[] words)
            => _cluster.RunAsync(["image", .. words, "--data-dir", _cluster.DataDirectory], cancellationToken);
    }

    [Test, Order(98), CancelAfter(90_000)]
    public async Task Deleting_the_files_ends_the_pods(CancellationToken cancellationToken)
    {
        await _cluster.KubectlOutputAsync(["delete", "-f", _folder], cancellationToken);

        await Eventually.GetsAsync(
            "no pod is left", () => _cluster.KubectlOutputAsync(["get", "pods", "-o", "name"], cancellationToken),
            pods => pods.Length == 0, cancellationToken);
    }

    [Test, Order(99), CancelAfter(90_000)]
    public async Task Nothing_is_left_on_the_machine_after_ctrl_c(CancellationToken cancellationToken)
    {
        await _cluster.KubectlOutputAsync(["apply", "-f", _folder], cancellationToken);
        await _cluster.KubectlOutputAsync(["rollout", "status", "deploy/web"], cancellationToken);

        var exitCode = await _up!.EndAsync("INT", cancellationToken);

        Assert.That(exitCode, Is.Zero, _up.Error);
        Assert.That(await HostFootprint.OfAsync(_cluster, cancellationToken), Is.Empty);
        Assert.That(Directory.Exists(_cluster.DataDirectory), Is.True, "the data stays");
    }

    /// <summary>What the runtime needs beyond root and kubectl.</summary>
    protected virtual Task RequireAsync(CancellationToken cancellationToken)
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
        return Task.CompletedTask;
    }

    [GeneratedRegex(@"\b(\d+m)?\d+s\b *")]
    private static partial Regex AgePattern();

    private async Task<IReadOnlyList<string>> PodsAsync(string selector, CancellationToken cancellationToken)
        => [.. (await AddressesAsync(selector, cancellationToken)).Keys];

    // Names and addresses of the pods that are not on their way out.
    private async Task<Dictionary<string, string>> AddressesAsync(string selector, CancellationToken cancellationToken)
    {
        const string columns = "custom-columns=N:.metadata.name,I:.status.podIP,D:.metadata.deletionTimestamp";
        var lines = await _cluster.KubectlOutputAsync(["get", "pods", "-l", selector, "--no-headers", "-o", columns], cancellationToken);
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(static cells => cells[2] == "<none>")
            .ToDictionary(static cells => cells[0], static cells => cells[1]);
    }
}

/// <summary>With containers of our own.</summary>
public sealed class EmbeddedHelloSampleTests() : HelloSampleTests("embedded");

/// <summary>With containers of a Docker engine.</summary>
[Category("Docker")]
public sealed class DockerHelloSampleTests() : HelloSampleTests("docker")
{
    protected override async Task RequireAsync(CancellationToken cancellationToken)
    {
        await base.RequireAsync(cancellationToken);
        await Requirement.DockerAsync(cancellationToken);
    }
}
