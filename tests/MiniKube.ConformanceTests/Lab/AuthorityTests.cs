using System.Security.Cryptography.X509Certificates;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>A cluster whose authority is replaced while machines are joined.</summary>
[NonParallelizable]
[Category("LinuxRoot")]
[Category("Kubectl")]
public sealed class AuthorityTests
{
    [SetUp]
    public void Require()
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
    }

    [Test, CancelAfter(300_000)]
    public async Task A_new_authority_reaches_every_machine_also_one_that_was_off(CancellationToken cancellationToken)
    {
        await using var cluster = await LabCluster.StartAsync("embedded", ["b", "c"], [], cancellationToken);
        var (running, off) = (cluster.Machine("b"), cluster.Machine("c"));
        var first = AuthoritiesOf(running)[0];
        await cluster.EndAsync(off, "TERM", cancellationToken);

        // Twice: nobody who was off knows the one that signed the last.
        await RotateAsync(cluster.Server, ["--ca"], cancellationToken);
        await RotateAsync(cluster.Server, ["--ca"], cancellationToken);
        var known = AuthoritiesIn(Path.Combine(cluster.Server.DataDirectory, "pki", "ca.crt"));
        await FollowsAsync(running, known[0], cancellationToken);
        cluster.StartAgent(off);
        await FollowsAsync(off, known[0], cancellationToken);

        await cluster.NodesAreReadyAsync(cancellationToken);
        Assert.That(AuthoritiesOf(off), Does.Contain(first).And.Length.EqualTo(3), "what the old ones signed is still good");
        Assert.That(File.ReadAllText(Path.Combine(off.DataDirectory, "pki", "join-token")).Trim(), Is.EqualTo(cluster.Token));
    }

    [Test, CancelAfter(240_000)]
    public async Task A_joined_machines_certificates_are_listed_and_renewed_on_demand(CancellationToken cancellationToken)
    {
        await using var cluster = await LabCluster.StartAsync("embedded", ["b"], [], cancellationToken);
        var machine = cluster.Machine("b");
        var before = Certificates(machine);

        var rotated = await RotateAsync(machine, [], cancellationToken);
        var check = await machine.OutputAsync(
            MiniKubeInstance.Binary, ["certificate", "check", "--data-dir", machine.DataDirectory], cancellationToken);
        var status = await machine.OutputAsync(
            MiniKubeInstance.Binary, ["status", "--data-dir", machine.DataDirectory], cancellationToken);
        var authority = await machine.RunAsync(
            MiniKubeInstance.Binary, ["certificate", "rotate", "--ca", "--data-dir", machine.DataDirectory], cancellationToken);
        await cluster.EndAsync(machine, "TERM", cancellationToken);
        var off = await machine.RunAsync(
            MiniKubeInstance.Binary, ["certificate", "rotate", "--data-dir", machine.DataDirectory], cancellationToken);

        Assert.That(rotated, Does.Contain("both certificates of node b"));
        Assert.That(Certificates(machine), Has.None.AnyOf(before));
        Assert.That(check, Does.Contain("pki/client.pem").And.Contain("pki/serving.pem").And.Contain("pki/authorities.pem"));
        Assert.That(status, Does.Contain("pki/client.pem").And.Contain("pki/serving.pem").And.Contain("pki/authorities.pem"));
        Assert.That(authority.ExitCode, Is.EqualTo(1));
        Assert.That(authority.Error, Does.Contain("run 'minikube certificate rotate --ca' on a server"));
        Assert.That(off.ExitCode, Is.EqualTo(1));
        Assert.That(off.Error, Does.Contain("does not run").And.Contain("start it"));
    }

    private static Task<string> RotateAsync(LabMachine machine, string[] flags, CancellationToken cancellationToken)
        => machine.OutputAsync(
            MiniKubeInstance.Binary,
            ["certificate", "rotate", .. flags, "--data-dir", machine.DataDirectory],
            cancellationToken);

    private static Task FollowsAsync(LabMachine machine, string authority, CancellationToken cancellationToken)
        => Eventually.GetsAsync(
            $"{machine.Name} trusts the new authority first",
            () => Task.FromResult(AuthoritiesOf(machine)[0]),
            first => first == authority,
            TimeSpan.FromSeconds(100), // Agents ask every minute.
            cancellationToken);

    private static string[] AuthoritiesOf(LabMachine machine)
        => AuthoritiesIn(Path.Combine(machine.DataDirectory, "pki", "authorities.pem"));

    private static string[] AuthoritiesIn(string file)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(file);
        return [.. found.Select(static one => one.Thumbprint)];
    }

    private static string[] Certificates(LabMachine machine)
        =>
        [
            .. new[] { "client.pem", "serving.pem" }
                .SelectMany(file => AuthoritiesIn(Path.Combine(machine.DataDirectory, "pki", file))),
        ];
}
