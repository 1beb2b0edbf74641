using System.Collections.Immutable;
using System.Net;
using MiniKube.Api;

namespace MiniKube.Networking;

/// <summary>
/// Carries the traffic of Services as plans say. Two ways of doing it, one contract suite. One caller at a time. What
/// cannot be opened is returned as problems a person can read, by Service; the caller tries those again later.
/// </summary>
internal interface IServiceForwarder
{
    /// <summary>The name in flags and logs.</summary>
    string Name { get; }

    /// <summary>Makes exactly these Services reachable, whatever an earlier process left.</summary>
    Task<ServiceProblems> StartAsync(ServicePlans all, CancellationToken cancellationToken);

    /// <summary>Makes these Services as planned and leaves all others alone; a Service without plans is closed.</summary>
    Task<ServiceProblems> ApplyAsync(ServicePlans changes, CancellationToken cancellationToken);

    /// <summary>The bridge of the pods is there, or came back, or has other addresses.</summary>
    Task BridgeUpAsync(PodBridge bridge, CancellationToken cancellationToken);

    /// <summary>The process ends. What the kernel carries by itself goes on.</summary>
    Task StopAsync();
}

/// <summary>The bridge of this node's pods: which link, its hardware address, and the network its own address is of.</summary>
internal sealed record PodBridge(int Index, string HardwareAddress, IPNetwork Pods)
{
    /// <summary>One that could be.</summary>
    public static PodBridge Example { get; } = new(1, "02:00:00:00:00:01", new IPNetwork(IPAddress.Parse("10.42.0.0"), 24));
}

/// <summary>The ways into Services, by Service.</summary>
internal sealed class ServicePlans : Dictionary<ObjectKey, ImmutableArray<FrontendPlan>>;

/// <summary>What is wrong, by Service; Services without problems are not listed.</summary>
internal sealed class ServiceProblems : Dictionary<ObjectKey, IReadOnlyList<string>>
{
    public void Add(ObjectKey service, string problem)
        => this[service] = [.. this.GetValueOrDefault(service, []), problem];
}
