using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>A cluster that is saved while it runs, lost, and restored.</summary>
[NonParallelizable]
[Category("Kubectl")]
public sealed class SnapshotTests
{
    [SetUp]
    public void Require() => Requirement.Kubectl();

    [Test, CancelAfter(300_000)]
    public async Task A_lost_cluster_comes_back_for_those_who_knew_it(CancellationToken cancellationToken)
    {
        await using var cluster = MiniKubeInstance.Create("simulated");
        var passphrase = cluster.Write("passphrase", "correct horse battery staple\n");
        var elsewhere = cluster.Write("elsewhere.snapshot", "");
        var watched = await SaveAsync(cluster, passphrase, elsewhere, cancellationToken);
        var kubeconfig = cluster.Write("old.kubeconfig", await File.ReadAllTextAsync(cluster.Kubeconfig, cancellationToken));
        Directory.Delete(cluster.DataDirectory, recursive: true);

        (await cluster.RunAsync(
            ["snapshot", "restore", elsewhere, "--data-dir", cluster.DataDirectory, "--passphrase-file", passphrase],
            cancellationToken)).Success();
        await using var restored = await cluster.StartControlPlaneAsync(cancellationToken);

        var maps = await KubectlAsync(cluster, kubeconfig, ["get", "configmaps", "-o", "name"], cancellationToken);
        Assert.That(maps, Does.Contain("configmap/kept").And.Not.Contain("configmap/lost"));
        await KubectlAsync(cluster, kubeconfig, ["create", "configmap", "new"], cancellationToken);
        var revision = await KubectlAsync(
            cluster, kubeconfig, ["get", "configmap", "new", "-o", "jsonpath={.metadata.resourceVersion}"], cancellationToken);
        Assert.That(long.Parse(revision, null), Is.GreaterThan(watched + 1_000_000_000 - 10_000));
        var old = await KubectlAsync(
            cluster,
            kubeconfig,
            ["get", "--raw", $"/api/v1/configmaps?watch=1&resourceVersion={watched}&timeoutSeconds=1"],
            cancellationToken);
        Assert.That(old, Does.Contain("410"), "who watched before has to list again");
    }

    [Test, CancelAfter(180_000)]
    public async Task Save_and_restore_refuse_in_one_line_what_cannot_be_done(CancellationToken cancellationToken)
    {
        await using var cluster = MiniKubeInstance.Create("simulated");
        string[] where = ["--data-dir", cluster.DataDirectory];
        var nothing = await cluster.RunAsync(["snapshot", "save", "--without-keys", .. where], cancellationToken);
        await using var server = await cluster.StartControlPlaneAsync(cancellationToken);

        var unsaid = await cluster.RunAsync(["snapshot", "save", .. where], cancellationToken);
        (await cluster.RunAsync(["snapshot", "save", "--without-keys", "--name", "a", .. where], cancellationToken)).Success();
        var taken = await cluster.RunAsync(["snapshot", "save", "--without-keys", "--name", "a", .. where], cancellationToken);
        var inUse = await cluster.RunAsync(["snapshot", "restore", "a", "--force", .. where], cancellationToken);

        Assert.That(
            new[] { nothing, unsaid, taken, inUse }.Select(static run => run.ExitCode), Is.EqualTo([1, 2, 1, 1]));
        Assert.That(nothing.Error, Does.Contain("no server runs"));
        Assert.That(unsaid.Error, Does.Contain("--passphrase-file").And.Contain("--without-keys"));
        Assert.That(taken.Error, Does.Contain("already"));
        Assert.That(inUse.Error, Does.Contain($"process {server.Id} runs"));
        Assert.That(inUse.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
    }

    /// <summary>Saves a cluster between two writes, copies the file, ends the server; returns the revision before the end.</summary>
    private static async Task<long> SaveAsync(
        MiniKubeInstance cluster, string passphrase, string copy, CancellationToken cancellationToken)
    {
        await using var server = await cluster.StartControlPlaneAsync(cancellationToken);
        await cluster.KubectlOutputAsync(["create", "configmap", "kept"], cancellationToken);
        (await cluster.RunAsync(
            ["snapshot", "save", "--name", "one", "--compress", "--passphrase-file", passphrase, "--data-dir", cluster.DataDirectory],
            cancellationToken)).Success();
        await cluster.KubectlOutputAsync(["create", "configmap", "lost"], cancellationToken);
        File.Copy(Path.Combine(cluster.DataDirectory, "snapshots", "one.snapshot"), copy, overwrite: true);
        var list = await cluster.RunAsync(["snapshot", "list", "--data-dir", cluster.DataDirectory], cancellationToken);
        Assert.That(list.Success(), Does.Contain("one").And.Contain("on-demand"));
        var revision = await cluster.KubectlOutputAsync(
            ["get", "configmap", "lost", "-o", "jsonpath={.metadata.resourceVersion}"], cancellationToken);
        await server.EndAsync("KILL", cancellationToken);
        return long.Parse(revision, null);
    }

    private static Task<string> KubectlAsync(
        MiniKubeInstance cluster, string kubeconfig, string[] arguments, CancellationToken cancellationToken)
        => cluster.KubectlOutputAsync(["--kubeconfig", kubeconfig, .. arguments], cancellationToken);
}
