using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>
/// A machine that cannot join says why in one line and ends with an exit code, and nothing of the try is left on it. One server for all.
/// That pod traffic is blocked shows only later, as a node condition: <see cref="NodeNetworkConditionTests"/>.
/// </summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[Category("LinuxRoot")]
[Category("Kubectl")]
public sealed class RefusedAgentTests
{
    // The controller that cleans up may have taken it away when it is tried; it is refused either way.
    private const string ExpiredToken = """
        apiVersion: v1
        kind: Secret
        metadata: {name: bootstrap-token-expird, namespace: kube-system}
        type: bootstrap.kubernetes.io/token
        stringData:
          token-id: expird
          token-secret: 0123456789abcdef
          expiration: "2026-01-01T00:00:00Z"
          usage-bootstrap-authentication: "true"
        """;

    private LabCluster? _cluster;
    private LabMachine? _machine;
    private int _tries;

    private LabCluster Cluster => _cluster!;

    private LabMachine Machine => _machine!;

    private string Hash => Cluster.Token[..Cluster.Token.IndexOf("::", StringComparison.Ordinal)];

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        _cluster = await LabCluster.StartAsync("simulated", [], [], patience.Token);
        _machine = await _cluster.AddMachineAsync("b", patience.Token);
        await _cluster.ApplyAsync(ExpiredToken, patience.Token);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [TestCase("a wrong secret", "HASH::node:wrong", "does not accept the token", "minikube token create")]
    [TestCase("an expired token", "HASH::expird:0123456789abcdef", "does not accept the token: the join token", "minikube token create")]
    [TestCase("a token of another cluster", "K10OTHER::node:wrong", "is not the cluster the token was made for", "check --server")]
    [CancelAfter(60_000)]
    public async Task A_token_that_is_no_good_is_refused(string what, string token, string why, string help)
    {
        var filled = token.Replace("HASH", Hash, StringComparison.Ordinal)
            .Replace("OTHER", new string('0', 64), StringComparison.Ordinal);

        await RefusesAsync(what, ["--server", Cluster.Url, "--token", filled], why, help);
    }

    [TestCase("a name that is taken", "--node-name", "a", "a", "--node-name")]
    [TestCase("a port that is taken", "--kubelet-port", "22250", "22250", "--kubelet-port")]
    [CancelAfter(60_000)]
    public async Task A_flag_that_cannot_be_followed_is_named(string what, string flag, string value, string why, string help)
    {
        await using var listener = Machine.Start(LabCluster.Testbox, ["web", "--port", "22250"]);
        await listener.PrintsAsync("listening", TestContext.CurrentContext.CancellationToken);

        await RefusesAsync(what, ["--server", Cluster.Url, "--token", Cluster.Token, flag, value], why, help);
    }

    [TestCase("no machine there", "192.168.77.200", "there is no route to it", "check this machine's network")]
    [TestCase("no server there", "192.168.77.1", "nothing listens there", "does 'minikube server' run")]
    [TestCase("no such name", "server.invalid", "its name is not known", "give an IP address")]
    [CancelAfter(60_000)]
    public async Task A_server_that_is_not_there_is_told_with_what_to_look_at(string what, string host, string why, string help)
        => await RefusesAsync(
            what, ["--server", $"https://{host}:6443", "--token", Cluster.Token], $"cannot reach the server {host}:6443: {why}", help);

    [Test, CancelAfter(60_000)]
    public async Task A_clock_that_is_years_behind_is_told(CancellationToken cancellationToken)
    {
        Requirement.Faketime();
        var clock = new LabClock(Path.Combine(Path.GetDirectoryName(Machine.DataDirectory)!, "refused.clock"));
        clock.Move(TimeSpan.FromDays(-4_000));
        Machine.Clock = clock;

        try
        {
            await RefusesAsync(
                "a wrong clock", ["--server", Cluster.Url, "--token", Cluster.Token], "this machine's clock says", "set the clocks");
        }
        finally
        {
            Machine.Clock = null;
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_server_whose_ranges_meet_a_network_of_its_machine_does_not_start(CancellationToken cancellationToken)
    {
        var run = await Machine.RunAsync(
            MiniKubeInstance.Binary,
            ["server", "--data-dir", Machine.DataDirectory, "--cluster-cidr", "192.168.0.0/16", "--runtime", "simulated"],
            cancellationToken);

        AssertRefused("overlapping ranges", run, "192.168.77.0/24", "--cluster-cidr");
    }

    private async Task RefusesAsync(string what, string[] join, string why, string help)
    {
        var run = await Machine.RunAsync(MiniKubeInstance.Binary, Agent(join), TestContext.CurrentContext.CancellationToken);

        AssertRefused(what, run, why, help);
        var nodes = await Cluster.KubectlOutputAsync(["get", "nodes", "-o", "name"], TestContext.CurrentContext.CancellationToken);
        Assert.That(nodes.Trim(), Is.EqualTo("node/a"));
    }

    // Each try is a machine of its own: nothing of an earlier one helps it, or is in its way.
    private string[] Agent(string[] join)
    {
        var name = $"b{++_tries}";
        string[] all = ["agent", "--data-dir", $"{Machine.DataDirectory}-{name}", "--runtime", "simulated", .. join];
        return join.Contains("--node-name") ? all : [.. all, "--node-name", name];
    }

    private static void AssertRefused(string what, ProgramRun run, string why, string help)
    {
        var lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !line.Contains("Z info  ", StringComparison.Ordinal)).ToArray();
        Assert.That(run.ExitCode, Is.InRange(1, 2), $"{what}\n{run.Output}\n{run.Error}");
        Assert.That(lines, Has.Length.EqualTo(1), run.Error);
        Assert.That(lines[0], Does.Contain(why).And.Contain(help), what);
    }
}
