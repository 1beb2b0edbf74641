using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>
/// Makes Services reachable from this node and its pods, and from other machines where they have an external way in.
/// Carried by the kernel's nftables where that works, else by sockets of this process (<see cref="ServiceProxyModes"/>);
/// the same contract holds for both. An endpoint that goes keeps the connections it has; a Service without endpoints
/// refuses connections. Ready when every Service known at the start is open.
/// </summary>
public sealed partial class ServiceProxy : ClusterComponent
{
    // A port that is taken may become free, and nobody tells.
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(10);

    private readonly ServiceProxyOptions _options;
    private readonly ForwarderChoice _choice;
    private readonly ServiceView _view;
    private readonly PendingServices _pending;
    private readonly EventBroadcaster _events;
    private readonly ServiceProblemTeller _teller;
    private readonly HealthCheckServers _health = new();
    private readonly ILogger _logger;

    /// <summary>Opens nothing yet.</summary>
    public ServiceProxy(
        ServiceProxyOptions options, IApiClient client, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _logger = loggers.CreateLogger<ServiceProxy>();
        _choice = new ForwarderChoice(options, time, random, _logger);
        _view = new ServiceView(options, client, time, random, loggers);
        _pending = new PendingServices(time);
        _events = new EventBroadcaster(client, "service-proxy-events", time, loggers);
        _teller = new ServiceProblemTeller(_events.RecorderFor("service-proxy", options.NodeName), options.NodeName, _logger);
        _view.Subscribe(_pending.Add);
    }

    /// <inheritdoc />
    public override string Name => "service-proxy";

    /// <summary>
    /// Removes from the kernel what this instance's proxy put there, also an earlier process's. After a stop.
    /// </summary>
    public Task TearDownAsync(CancellationToken cancellationToken)
        => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            ? NftTables.RemoveAsync(_options.BridgeName, cancellationToken)
            : Task.CompletedTask;

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _pending.Dispose();
    }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        var forwarder = await _choice.ChooseAsync(stopping);
        var route = new ServiceRoute(_options.BridgeName, _options.ServiceCidr, _logger, forwarder.BridgeUpAsync);
        ClusterComponent[] parts = [_events, _view, route];
        try
        {
            await Task.WhenAll(_events.StartAsync(stopping), _view.StartAsync(stopping));
            _pending.TakeWaiting();
            await CarryAsync(forwarder.StartAsync, [.. _view.All], stopping);

            // Pods come with the bridge: what they may ask for is there before.
            await route.StartAsync(stopping);
            SignalReady();
            var following = FollowAsync(forwarder, stopping);
            var first = await Task.WhenAny(parts.Select(static part => part.Completion).Append(following)).WaitAsync(stopping);
            await first;
        }
        finally
        {
            await Task.WhenAll(parts.Select(static part => part.DisposeAsync().AsTask()));
            await forwarder.StopAsync();
            await _health.CloseAsync();
        }
    }

    private async Task FollowAsync(IServiceForwarder forwarder, CancellationToken stopping)
    {
        while (true)
        {
            await CarryAsync(forwarder.ApplyAsync, await _pending.TakeAsync(stopping), stopping);
        }
    }

    private async Task CarryAsync(
        Func<ServicePlans, CancellationToken, Task<ServiceProblems>> apply,
        IReadOnlyCollection<ObjectKey> services,
        CancellationToken stopping)
    {
        var plans = new ServicePlans();
        foreach (var service in services)
        {
            plans[service] = _view.Plan(service);
        }

        try
        {
            var problems = await apply(plans, stopping);
            foreach (var service in services)
            {
                if (await _health.ApplyAsync(service, _view.PlanHealth(service)) is { } problem)
                {
                    problems.Add(service, problem);
                }
            }

            _teller.Tell(services, problems, _view.Find);
            _pending.AddLater(problems.Keys, TryAgain);
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException)
        {
            Log.NotApplied(_logger, services.Count, failure.Message);
            _pending.AddLater(services, TryAgain);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5013, LogLevel.Error, "Changes of {Count} Services could not be applied, trying again: {Problem}")]
        public static partial void NotApplied(ILogger logger, int count, string problem);
    }
}
