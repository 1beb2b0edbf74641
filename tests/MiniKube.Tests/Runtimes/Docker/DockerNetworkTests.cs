using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class DockerNetworkTests
{
    [Test, CancelAfter(30_000)]
    public async Task Tearing_down_outwaits_an_engine_that_lets_go_of_addresses_late(CancellationToken cancellationToken)
    {
        await using var engine = new FakeEngine("mk-test") { RefusalsLeft = 2 };
        await using var runtime = Open(engine);

        await runtime.TearDownAsync(cancellationToken);

        Assert.That(engine.Requests.Count(request => request == "DELETE /networks/n1"), Is.EqualTo(3));
        Assert.That(engine.Requests, Does.Contain("POST /networks/n1/disconnect"), "what hangs on it is cut off");
    }

    [Test, CancelAfter(30_000)]
    public async Task Tearing_down_twice_removes_once(CancellationToken cancellationToken)
    {
        await using var engine = new FakeEngine("mk-test");
        await using var runtime = Open(engine);

        await runtime.TearDownAsync(cancellationToken);
        await runtime.TearDownAsync(cancellationToken);

        Assert.That(engine.Requests.Count(request => request == "DELETE /networks/n1"), Is.EqualTo(1));
    }

    private static DockerRuntime Open(FakeEngine engine) => new(
        new DockerRuntimeOptions { Endpoint = engine.Endpoint, InstanceName = "mk-test" },
        TimeProvider.System,
        NullLoggerFactory.Instance);
}
