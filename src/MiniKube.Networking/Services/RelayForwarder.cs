using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>Carries Services inside this process, over sockets of its own.</summary>
internal sealed class RelayForwarder(
    ServiceProxyOptions options, TimeProvider time, Random random, ILogger logger) : IServiceForwarder
{
    private readonly FrontendSet _frontends = new(time, random, logger);

    public string Name => ServiceProxyModes.Userspace;

    public async Task<ServiceProblems> StartAsync(ServicePlans all, CancellationToken cancellationToken)
    {
        // The kernel's rules of an earlier process would go before any socket.
        await NftTables.RemoveAsync(options.BridgeName, cancellationToken);
        return await ApplyAsync(all, cancellationToken);
    }

    public async Task<ServiceProblems> ApplyAsync(ServicePlans changes, CancellationToken cancellationToken)
    {
        var found = new ServiceProblems();
        foreach (var (service, plans) in changes)
        {
            var problems = await _frontends.ApplyAsync(service, plans);
            if (problems.Count > 0)
            {
                found[service] = problems;
            }
        }

        return found;
    }

    public Task BridgeUpAsync(PodBridge bridge, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync() => _frontends.CloseAsync();
}
