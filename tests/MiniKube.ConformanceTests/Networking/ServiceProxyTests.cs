using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Client;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

[Category("LinuxRoot")]
[NonParallelizable]
public sealed class ServiceProxyTests : ServiceProxyContract
{
    [OneTimeSetUp]
    public static void Require() => LinuxRoot.Require();

    protected override ClusterComponent NewProxy(ServiceProxyOptions options, IApiClient client)
        => new ServiceProxy(options, client, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
}
