using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

[Category("Docker")]
public sealed class DockerRuntimeTests : ContainerRuntimeContract
{
    private static readonly Uri Endpoint = new(
        Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? host : "unix:///var/run/docker.sock");

    protected override IPNetwork PodCidr => IPNetwork.Parse("10.42.231.0/24");

    protected override IContainerRuntime Open() => new DockerRuntime(
        new DockerRuntimeOptions { Endpoint = Endpoint, InstanceName = $"mk-{Math.Abs(Scratch.GetHashCode()):x8}" },
        TimeProvider.System,
        NullLoggerFactory.Instance);

    protected override async Task RequireAsync(CancellationToken cancellationToken)
        => Require.That(
            await DockerRuntime.ProbeAsync(Endpoint, cancellationToken) is not null,
            $"no Docker engine answers at {Endpoint}: start one, or set DOCKER_HOST");
}
