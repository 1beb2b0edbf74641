using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>Keeps the directory as the API's Services, slices and namespaces are. Ready when it has all of them.</summary>
internal sealed class NameWatch : ClusterComponent
{
    private readonly NameDirectory _directory;
    private readonly Informer<V1Service> _services;
    private readonly Informer<V1EndpointSlice> _slices;
    private readonly Informer<V1Namespace> _namespaces;
    private readonly ObjectIndex<V1EndpointSlice> _slicesOf;

    // Two informers tell about one Service, each on its own thread.
    private readonly Lock _changing = new();

    public NameWatch(NameDirectory directory, IApiClient client, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _directory = directory;
        _services = new Informer<V1Service>(client, ObjectQuery.All, time, random, loggers);
        _slices = new Informer<V1EndpointSlice>(client, ObjectQuery.All, time, random, loggers);
        _namespaces = new Informer<V1Namespace>(client, ObjectQuery.All, time, random, loggers);
        _slicesOf = _slices.AddIndex(static slice => ServiceView.ServicesOf(slice).Select(static key => key.ToString()));
    }

    public override string Name => "dns-names";

    protected override async Task RunAsync(CancellationToken stopping)
    {
        ClusterComponent[] informers = [_services, _slices, _namespaces];
        try
        {
            _namespaces.Subscribe((key, _, current) => _directory.ChangeNamespace(key.Name, current is not null));
            // Slices first: a Service's names are then made once, with all it has.
            await Task.WhenAll(_slices.StartAsync(stopping), _namespaces.StartAsync(stopping));
            await _services.StartAsync(stopping);
            _services.Subscribe((key, _, _) => Refresh(key));
            _slices.Subscribe((_, old, current) => RefreshServices(old, current));
            SignalReady();
            var first = await Task.WhenAny(informers.Select(static informer => informer.Completion)).WaitAsync(stopping);
            await first;
        }
        finally
        {
            await Task.WhenAll(informers.Select(static informer => informer.DisposeAsync().AsTask()));
        }
    }

    private void RefreshServices(V1EndpointSlice? old, V1EndpointSlice? current)
    {
        V1EndpointSlice?[] both = [old, current];
        foreach (var key in both.OfType<V1EndpointSlice>().SelectMany(ServiceView.ServicesOf).Distinct())
        {
            Refresh(key);
        }
    }

    private void Refresh(ObjectKey key)
    {
        lock (_changing)
        {
            var service = _services.Find(key);
            _directory.Change(key, service is null ? null : ServiceNamesPlanner.Plan(service, _slicesOf[key.ToString()]));
        }
    }
}
