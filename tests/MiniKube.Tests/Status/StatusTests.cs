using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>What <c>minikube status</c> says.</summary>
public sealed class StatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 3, 0, 0, TimeSpan.Zero);

    [TestCase(-1, ExpectedResult = "has ended")]
    [TestCase(5, ExpectedResult = "ends in 5 days")]
    [TestCase(29, ExpectedResult = "ends in 29 days")]
    [TestCase(31, ExpectedResult = null)]
    public string? A_certificate_that_ends_within_thirty_days_is_warned_of(int days)
        => new CertificateEnd("pki/a.crt", "CN=a", Now.AddDays(days)).Warning(Now);

    [Test]
    public void Ends_are_read_from_every_certificate_of_the_directory_and_damage_is_told()
    {
        using var data = new TemporaryDirectory();
        Directory.CreateDirectory(data.At("pki"));
        File.WriteAllText(data.At("pki", "client.pem"), Pem(Now.AddDays(90)));
        File.WriteAllText(data.At("pki", "server.crt"), Pem(Now.AddDays(10)));
        File.WriteAllText(data.At("pki", "broken.crt"), "nothing");
        File.WriteAllText(data.At("pki", "ca.key"), "a key");

        var ends = CertificateEnds.Read(data.Path, "pki", "missing");

        Assert.That(
            ends.Select(static one => (one.File, one.Warning(Now))),
            Is.EqualTo(new (string, string?)[]
            {
                ("pki/broken.crt", "cannot be read"), ("pki/client.pem", null), ("pki/server.crt", "ends in 10 days"),
            }));
    }

    [Test]
    public async Task The_text_tells_what_is_wrong_and_that_it_is_not_ready()
    {
        using var output = new StringWriter();

        await new StatusPrinter(output, Now).PrintAsync(Server(problem: "it has ended"));

        Assert.That(output.ToString(), Does.Contain("revision 7").And.Contain("FAIL        scheduler: it has ended"));
        Assert.That(output.ToString(), Does.Contain("NotReady").And.Contain("no lease for 40 s"));
        Assert.That(output.ToString(), Does.Contain("failed: no space left"));
        Assert.That(output.ToString().TrimEnd(), Does.EndWith("The server is not ready."));
    }

    [Test]
    public async Task The_text_of_an_agent_shows_its_servers_and_pods()
    {
        using var output = new StringWriter();
        var agent = Server(problem: null) with
        {
            Role = "agent",
            Store = null,
            Snapshots = null,
            Servers = [new ServerLinkStatus("https://a:6443", Answers: false)],
            Pods = [new PodSummary("default", "web", "10.42.1.2", 1)],
        };

        await new StatusPrinter(output, Now).PrintAsync(agent);

        Assert.That(output.ToString(), Does.Contain("https://a:6443").And.Contain("DOES NOT ANSWER").And.Contain("10.42.1.2"));
        Assert.That(output.ToString().TrimEnd(), Does.EndWith("The agent is ready."));
    }

    [Test]
    public async Task Nothing_that_runs_is_exit_code_1_and_one_line()
    {
        var terminal = new Terminal
        {
            Output = new StringWriter(),
            Error = new StringWriter(),
            OpenInput = static () => Stream.Null,
            Variable = static _ => null,
        };

        var exitCode = await CommandLine.RunAsync(["status", "--data-dir", "/nowhere"], terminal);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(terminal.Error.ToString(), Does.StartWith("nothing runs in /nowhere").And.Contain("--data-dir"));
    }

    private static InstanceStatus Server(string? problem) => new()
    {
        Role = "server",
        Version = "1",
        DataDirectory = "/data",
        Address = "https://127.0.0.1:6443",
        Started = Now.AddHours(-1),
        Components = [new ComponentStatus("apiserver", null), new ComponentStatus("scheduler", problem)],
        Nodes = [new NodeStatus { Name = "n1", State = "NotReady", Reason = "no lease for 40 s" }],
        Certificates = [],
        Store = new StoreStatus(7, 3, 100, 4_096),
        Snapshots = new SnapshotStatus { Directory = "/data/snapshots", Schedule = "@daily", Failure = "no space left" },
    };

    private static string Pem(DateTimeOffset ends)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddYears(-1), ends);
        return certificate.ExportCertificatePem();
    }
}
