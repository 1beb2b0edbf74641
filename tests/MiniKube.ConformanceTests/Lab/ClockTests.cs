using System.Security.Cryptography;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>Certificates against time: machines whose clocks are moved while their programs run.</summary>
[NonParallelizable]
[Category("LinuxRoot")]
[Category("Kubectl")]
public sealed class ClockTests
{
    private static readonly string[] OnServer = ["pki/server.crt", "pki/admin.crt", "pki/kubelet-client.crt", "admin.kubeconfig"];
    private static readonly string[] OnAgent = ["pki/client.pem", "pki/serving.pem"];

    [SetUp]
    public void Require()
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
        Requirement.Faketime();
    }

    [Test, CancelAfter(300_000)]
    public async Task Certificates_are_renewed_while_all_goes_on_when_the_clock_moves_past_their_end(CancellationToken cancellationToken)
    {
        await using var cluster = await StartAsync(cancellationToken);
        await cluster.ApplyAsync(LabManifests.WebOnEveryNode, cancellationToken);
        var pod = (await Eventually.GetsAsync(
            "two pods are Ready", () => cluster.PodsAsync("app=web", cancellationToken), static pods => pods.Count == 2,
            TimeSpan.FromSeconds(60), cancellationToken)).Single(static pod => pod.Node == "b");

        // Two thirds of a year, and later a time when nothing of before is valid.
        foreach (var days in new[] { 250, 700 })
        {
            var before = Fingerprints(cluster);
            SetClocks(cluster, days);

            await EventuallyAsync(
                "every certificate is a new one",
                async () =>
                {
                    await NodesAsync(cluster, cancellationToken); // Its handshake is what shows the server the time.
                    return string.Join(' ', Fingerprints(cluster).Intersect(before));
                },
                static same => same.Length == 0,
                cancellationToken);
            await NodesAreReadyAsync(cluster, cancellationToken);
            await EventuallyAsync(
                "the pod is reached through the tunnel",
                async () => (await MiniKubeAsync(cluster, ["exec", pod.Name, "--", "hostname"], cancellationToken)).Output.Trim(),
                seen => seen == pod.Name,
                cancellationToken);
        }
    }

    [Test, CancelAfter(300_000)]
    public async Task A_cluster_that_was_off_until_after_its_certificates_end_comes_back(CancellationToken cancellationToken)
    {
        await using var cluster = await StartAsync(cancellationToken);
        var agent = cluster.Machine("b");
        await cluster.EndAsync(agent, "TERM", cancellationToken);
        await cluster.EndAsync(cluster.Server, "TERM", cancellationToken);
        SetClocks(cluster, days: 400);

        // The agent first: it has nothing that is valid, and nobody to ask.
        string[] flags = ["--data-dir", agent.DataDirectory, "--node-name", "b", "--runtime", "embedded"];
        var program = cluster.Start(agent, ["agent", .. flags], new Dictionary<string, string>());
        await program.PrintsAsync("its pods go on, trying again", cancellationToken);
        cluster.Start(
            cluster.Server, ["server", "--data-dir", cluster.Server.DataDirectory, "--node-name", "a", "--runtime", "embedded"],
            new Dictionary<string, string>());

        await program.PrintsAsync("Joined", cancellationToken);
        await NodesAreReadyAsync(cluster, cancellationToken);
    }

    [Test, CancelAfter(240_000)]
    public async Task An_agent_whose_clock_is_far_ahead_says_so_once_and_does_not_order_certificates_again_and_again(
        CancellationToken cancellationToken)
    {
        await using var cluster = await StartAsync(cancellationToken);
        var agent = cluster.Machine("b");
        var before = await OrdersAsync(cluster, cancellationToken);

        // What the server makes now is past two thirds of its life for this machine.
        agent.Clock!.Move(TimeSpan.FromDays(300));
        var program = cluster.ProgramOn(agent);
        await program.PrintsAsync("days ahead of the servers'", cancellationToken);
        var lease = await LeaseAsync(cluster, cancellationToken);
        await EventuallyAsync(
            "two beats of the agent", () => LeaseAsync(cluster, cancellationToken), seen => seen != lease, cancellationToken);

        Assert.That(await OrdersAsync(cluster, cancellationToken), Is.EqualTo(before + 2), "one for each certificate");
        Assert.That(Lines(program, "set the clocks of both"), Has.Length.EqualTo(1));
    }

    [Test, CancelAfter(240_000)]
    public async Task An_agent_whose_clock_is_past_everything_says_so_once_and_is_back_when_it_is_set_right(
        CancellationToken cancellationToken)
    {
        await using var cluster = await StartAsync(cancellationToken);
        var agent = cluster.Machine("b");
        await cluster.EndAsync(agent, "TERM", cancellationToken);
        agent.Clock!.Move(TimeSpan.FromDays(400));

        var program = cluster.StartAgent(agent);
        await program.PrintsAsync("set the clocks of both", cancellationToken);
        var asked = await agent.RunAsync(MiniKubeInstance.Binary, ["status", "--data-dir", agent.DataDirectory], cancellationToken);
        agent.Clock.Move(TimeSpan.Zero);
        await program.PrintsAsync("answers again", cancellationToken);
        await cluster.NodesAreReadyAsync(cancellationToken);

        Assert.That(asked.Output, Does.Contain("set the clocks of both"));
        Assert.That(Lines(program, "set the clocks of both"), Has.Length.EqualTo(1));
        Assert.That(Lines(program, " warn ").Concat(Lines(program, " error ")), Has.Exactly(1).Items);
    }

    private static Task<LabCluster> StartAsync(CancellationToken cancellationToken)
        => LabCluster.StartAsync("embedded", ["b"], [], ownClocks: true, cancellationToken);

    private static void SetClocks(LabCluster cluster, int days)
    {
        foreach (var machine in cluster.Machines)
        {
            machine.Clock!.Move(TimeSpan.FromDays(days));
        }
    }

    private static List<string> Fingerprints(LabCluster cluster)
        =>
        [
            .. OnServer.Select(file => FingerprintOf(Path.Combine(cluster.Server.DataDirectory, file))),
            .. OnAgent.Select(file => FingerprintOf(Path.Combine(cluster.Machine("b").DataDirectory, file))),
        ];

    private static string FingerprintOf(string file)
        => $"{Path.GetFileName(file)}:{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}";

    // The server's own program, which sees the machine's clock; kubectl would not.
    private static Task<ProgramRun> MiniKubeAsync(LabCluster cluster, string[] arguments, CancellationToken cancellationToken)
        => cluster.Server.RunAsync(MiniKubeInstance.Binary, arguments, cancellationToken);

    private static async Task<string> NodesAsync(LabCluster cluster, CancellationToken cancellationToken)
    {
        foreach (var machine in cluster.Machines)
        {
            cluster.ProgramOn(machine).MustRun();
        }

        var run = await MiniKubeAsync(cluster, ["get", "nodes"], cancellationToken);
        return run.Output + run.Error;
    }

    private static Task NodesAreReadyAsync(LabCluster cluster, CancellationToken cancellationToken)
        => EventuallyAsync(
            "both nodes are Ready",
            () => NodesAsync(cluster, cancellationToken),
            static seen => seen.Split('\n').Count(static line => line.Contains(" Ready ", StringComparison.Ordinal)) == 2,
            cancellationToken);

    private static async Task<int> OrdersAsync(LabCluster cluster, CancellationToken cancellationToken)
        => (await cluster.KubectlOutputAsync(["get", "csr", "-o", "name"], cancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private static Task<string> LeaseAsync(LabCluster cluster, CancellationToken cancellationToken)
        => cluster.KubectlOutputAsync(
            ["get", "lease", "b", "-n", "kube-node-lease", "-o", "jsonpath={.spec.renewTime}"], cancellationToken);

    private static string[] Lines(ForegroundProgram program, string text)
        => [.. $"{program.Output}\n{program.Error}".Split('\n').Where(line => line.Contains(text, StringComparison.Ordinal))];

    // An agent looks at its clock every ten seconds.
    private static Task EventuallyAsync(
        string what, Func<Task<string>> read, Func<string, bool> isRight, CancellationToken cancellationToken)
        => Eventually.GetsAsync(what, read, isRight, TimeSpan.FromSeconds(100), cancellationToken);
}
