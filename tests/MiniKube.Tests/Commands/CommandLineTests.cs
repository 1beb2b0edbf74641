using System.Net;

namespace MiniKube.Tests;

public sealed class CommandLineTests
{
    [TestCase("fly")]
    [TestCase("scale", "deployment/web")]
    [TestCase("scale", "deployment/web", "--replicas", "many")]
    [TestCase("get", "pods", "-o", "xml")]
    public async Task Wrong_usage_is_exit_code_2_and_points_at_help(params string[] args)
    {
        var run = await RunAsync(args);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--help'"));
    }

    [Test]
    public async Task A_missing_cluster_is_one_line_that_says_what_to_do()
    {
        var run = await RunAsync("get", "pods", "--data-dir", "/nowhere");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains("minikube up"));
    }

    [Test]
    public void A_flag_wins_over_the_environment_and_the_environment_over_the_file()
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "settings.yaml");
        File.WriteAllText(file, "https-port: 1\nmax-pods: 2\nnode-name: file\nnode-label: [a=1, b=2]\n");

        var settings = Read(
            ["--config", file, "--https-port", "3"],
            new() { ["MINIKUBE_HTTPS_PORT"] = "4", ["MINIKUBE_MAX_PODS"] = "5" });

        Assert.That(
            (settings.HttpsPort, settings.PodsMax, settings.NodeName, settings.NodeLabels.Count),
            Is.EqualTo((3, 5, "file", 2)));
    }

    [Test]
    public void Defaults_are_those_of_the_documentation()
    {
        var settings = Read([], []);

        Assert.That(settings.BindAddress, Is.EqualTo(IPAddress.Any));
        Assert.That(
            (settings.HttpsPort, settings.PodsMax, settings.Runtime, settings.ClusterDomain, settings.NodePorts.ToString()),
            Is.EqualTo((6443, 110, "auto", "cluster.local", "30000-32767")));
    }

    [TestCase("MINIKUBE_HTTPS_PORT", "http", "MINIKUBE_HTTPS_PORT: 'http' is not a port (1 to 65535)")]
    [TestCase("MINIKUBE_CLUSTER_CIDR", "10.0.0.0/64", "MINIKUBE_CLUSTER_CIDR: '10.0.0.0/64' is not a range like 10.42.0.0/16")]
    [TestCase("MINIKUBE_RUNTIME", "rkt", "MINIKUBE_RUNTIME: 'rkt' is not one of auto, docker, embedded, simulated")]
    [TestCase("MINIKUBE_NODE_PORT_RANGE", "9-1", "MINIKUBE_NODE_PORT_RANGE: '9-1' is not a range of ports like 30000-32767")]
    public void A_setting_that_cannot_be_read_names_the_place_it_was_said(string variable, string value, string message)
    {
        var refused = Assert.Throws<CommandException>(() => Read([], new() { [variable] = value }));

        Assert.That((refused!.Message, refused.ExitCode), Is.EqualTo((message, 2)));
    }

    [Test]
    public void Parts_to_leave_out_come_as_a_list_by_each_of_the_three_ways()
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "disable.yaml");
        File.WriteAllText(file, "disable: [dns, metrics]\n");

        var byFlags = Read(["--disable", "dns,ingress", "--disable", "servicelb"], []);
        var byVariable = Read([], new() { ["MINIKUBE_DISABLE"] = "local-storage, dashboard" });
        var byFile = Read(["--config", file], []);

        Assert.That(byFlags.Disabled, Is.EquivalentTo(["dns", "ingress", "servicelb"]));
        Assert.That(byVariable.Disabled, Is.EquivalentTo(["local-storage", "dashboard"]));
        Assert.That(byFile.Disabled, Is.EquivalentTo(["dns", "metrics"]));
        Assert.That(Read([], []).Disabled, Is.Empty);
    }

    [Test]
    public void A_part_to_leave_out_that_does_not_exist_is_refused_with_those_that_do()
    {
        var refused = Assert.Throws<CommandException>(() => Read(["--disable", "dns,traefik"], []));

        Assert.That(
            (refused!.Message, refused.ExitCode),
            Is.EqualTo(("--disable: 'traefik' is not one of dns, ingress, servicelb, metrics, local-storage, dashboard", 2)));
    }

    [Test]
    public void A_key_of_the_file_that_is_no_setting_is_refused_with_its_place()
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "typo.yaml");
        File.WriteAllText(file, "max-pods: 5\nhttp-port: 7\n");

        var refused = Assert.Throws<CommandException>(() => Read(["--config", file], []));

        Assert.That(refused!.Message, Does.StartWith($"{file}:2:12: 'http-port' is no setting"));
    }

    private static ServerSettings Read(string[] args, Dictionary<string, string> environment)
    {
        var flags = new ServerFlags();
        var command = new System.CommandLine.Command("server");
        flags.AddTo(command);
        return flags.Read(command.Parse(args), NewTerminal(environment));
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        var terminal = NewTerminal([]);
        var exitCode = await CommandLine.RunAsync(args, terminal);
        return (exitCode, terminal.Output.ToString()!, terminal.Error.ToString()!);
    }

    private static Terminal NewTerminal(Dictionary<string, string> environment) => new()
    {
        Output = new StringWriter(),
        Error = new StringWriter(),
        OpenInput = static () => Stream.Null,
        Variable = environment.GetValueOrDefault,
    };
}
