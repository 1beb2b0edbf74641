using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Networking;
using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

[Category("LinuxRoot")]
public sealed class EmbeddedRuntimeTests : ContainerRuntimeContract
{
    protected override IPNetwork PodCidr => IPNetwork.Parse("10.219.16.0/24");

    protected override IContainerRuntime Open()
    {
        var instance = PodNetworkOptions.InstanceNameOf(Scratch);
        var options = new PodNetworkOptions { InstanceName = instance, StateDirectory = Path.Combine(Scratch, "network") };
        return new EmbeddedRuntime(
            new EmbeddedRuntimeOptions { DataDirectory = Scratch, InstanceName = instance },
            new PodNetworkAdapter(new PodNetwork(options, NullLogger<PodNetwork>.Instance)),
            TimeProvider.System,
            NullLoggerFactory.Instance);
    }

    protected override Task RequireAsync(CancellationToken cancellationToken)
    {
        LinuxRoot.Require();
        Assert.That(EmbeddedRuntime.WhyUnavailable(), Is.Null);
        return Task.CompletedTask;
    }
}
