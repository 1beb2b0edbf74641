using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>One server with a node for all tests of a fixture, and the real kubectl to talk to it.</summary>
public abstract class OneNodeFixture : ControlPlaneFixture
{
    protected override Task<ForegroundProgram> StartClusterAsync(CancellationToken cancellationToken)
    {
        Requirement.LinuxRoot();
        return Cluster.StartServerAsync(cancellationToken);
    }
}
