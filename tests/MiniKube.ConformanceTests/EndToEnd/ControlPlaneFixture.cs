using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>One control plane without a node for all tests of a fixture, and the real kubectl to talk to it.</summary>
public abstract class ControlPlaneFixture
{
    private ForegroundProgram? _server;

    protected MiniKubeInstance Cluster { get; } = MiniKubeInstance.Create();

    protected ForegroundProgram Server => _server!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        _server = await StartClusterAsync(patience.Token);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await Cluster.DisposeAsync();
    }

    protected virtual Task<ForegroundProgram> StartClusterAsync(CancellationToken cancellationToken)
        => Cluster.StartControlPlaneAsync(cancellationToken);

    /// <summary>What kubectl prints, without the space around it; it must succeed.</summary>
    protected async Task<string> KubectlAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        Requirement.Kubectl();
        var run = await Cluster.KubectlAsync(arguments, cancellationToken);
        Assert.That(run.ExitCode, Is.Zero, $"kubectl {string.Join(' ', arguments)}: {run.Error}");
        return run.Output.Trim();
    }
}
