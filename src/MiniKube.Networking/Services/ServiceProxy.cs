using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>
/// Makes Services reachable from this node and its pods, inside this process: listens on cluster IPs and node ports and
/// carries each connection to a ready endpoint, trying the next one when an endpoint does not accept. An endpoint that
/// goes keeps the connections it has. A Service without endpoints refuses connections. Ready when every Service known
/// at the start is open.
/// </summary>
public sealed class ServiceProxy : ClusterComponent
{
    private readonly Informer<V1Service> _services;
    private readonly Informer<V1EndpointSlice> _slices;
    private readonly EventBroadcaster _events;
    private readonly ServiceReconciler _reconciler;
    private readonly ReconcileLoop _loop;
    private readonly FrontendSet _frontends;
    private readonly ServiceRoute _route;

    /// <summary>Opens nothing yet.</summary>
    public ServiceProxy(
        ServiceProxyOptions options, IApiClient client, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        var logger = loggers.CreateLogger<ServiceProxy>();
        _services = new Informer<V1Service>(client, ObjectQuery.All, time, random, loggers);
        _slices = new Informer<V1EndpointSlice>(client, ObjectQuery.All, time, random, loggers);
        _events = new EventBroadcaster(client, "service-proxy-events", time, loggers);
        _frontends = new FrontendSet(time, random, logger);
        _route = new ServiceRoute(options.BridgeName, options.ServiceCidr, logger);

        var index = _slices.AddIndex(static slice
            => ServiceReconciler.ServiceOf(slice).Select(static key => key.ToString()));
        var recorder = _events.RecorderFor("service-proxy", options.NodeName);
        _reconciler = new ServiceReconciler(_services, index, _frontends, recorder, options, logger);
        // One worker: the set of frontends has one owner, and no Service takes long.
        _loop = new ReconcileLoop("services", _reconciler, time, random, loggers) { Workers = 1 }
            .For(_services)
            .Watches(_slices, ServiceReconciler.ServiceOf);
    }

    /// <inheritdoc />
    public override string Name => "service-proxy";

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        ClusterComponent[] parts = [_route, _events, _services, _slices, _loop];
        try
        {
            await _route.StartAsync(stopping);
            await _events.StartAsync(stopping);
            await Task.WhenAll(_services.StartAsync(stopping), _slices.StartAsync(stopping));
            await OpenKnownAsync(stopping);
            await _loop.StartAsync(stopping);
            SignalReady();
            var first = await Task.WhenAny(parts.Select(static part => part.Completion)).WaitAsync(stopping);
            await first;
        }
        finally
        {
            await Task.WhenAll(parts.Select(static part => part.DisposeAsync().AsTask()));
            await _frontends.CloseAsync();
        }
    }

    private async Task OpenKnownAsync(CancellationToken stopping)
    {
        foreach (var service in _services.All)
        {
            await _reconciler.ReconcileAsync(service.Key(), stopping);
        }
    }
}
