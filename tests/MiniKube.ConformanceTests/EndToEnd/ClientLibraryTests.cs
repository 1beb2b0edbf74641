using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>
/// The official client libraries of C#, JavaScript and Python, as their users install them, against the real binary: create, list, watch
/// across a compaction, patch each way, apply, custom resources, exec.
/// </summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[Category("LinuxRoot")]
public sealed class ClientLibraryTests : OneNodeFixture
{
    private static readonly string[] Steps = ["create", "list", "patch", "apply", "watch", "custom resources", "exec", "all"];

    [Test, CancelAfter(120_000)]
    public async Task The_CSharp_client_does_what_its_users_do(CancellationToken cancellationToken)
    {
        var steps = new List<string>();
        await new CSharpClient(Cluster.Kubeconfig, steps.Add).RunAsync(cancellationToken);
        Assert.That(steps, Is.EqualTo(Steps));
    }

    [Test, CancelAfter(120_000)]
    public async Task The_JavaScript_client_does_what_its_users_do(CancellationToken cancellationToken)
    {
        await Requirement.JavaScriptClientAsync(cancellationToken);
        await RunAsync("node", "tests/Clients/javascript/client.mjs", cancellationToken);
    }

    [Test, CancelAfter(120_000)]
    public async Task The_Python_client_does_what_its_users_do(CancellationToken cancellationToken)
    {
        await Requirement.PythonClientAsync(cancellationToken);
        await RunAsync(Requirement.DebianPython, "tests/Clients/python/client.py", cancellationToken);
    }

    private async Task RunAsync(string program, string script, CancellationToken cancellationToken)
    {
        var run = await ProgramRun.OfAsync(
            program, [RepositoryFiles.PathOf(script), Cluster.Kubeconfig], new Dictionary<string, string>(), cancellationToken);
        Assert.That(run.Success().Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(Steps.Select(step => $"ok {step}")));
    }
}
