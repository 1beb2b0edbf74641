using System.Collections.Immutable;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>
/// What the proxy sees of the cluster: Services, their slices, and where this node is. Says which Services a change
/// concerns, and plans one as it is now.
/// </summary>
internal sealed class ServiceView : ClusterComponent
{
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    private readonly ServiceProxyOptions _options;
    private readonly Informer<V1Service> _services;
    private readonly Informer<V1EndpointSlice> _slices;
    private readonly Informer<V1Node> _node;
    private readonly ObjectIndex<V1EndpointSlice> _byService;

    public ServiceView(ServiceProxyOptions options, IApiClient client, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _options = options;
        _services = new Informer<V1Service>(client, ObjectQuery.All, time, random, loggers);
        _slices = new Informer<V1EndpointSlice>(client, ObjectQuery.All, time, random, loggers);
        var self = new ObjectQuery(Fields: $"metadata.name={options.NodeName}");
        _node = new Informer<V1Node>(client, self, time, random, loggers);
        _byService = _slices.AddIndex(static slice => ServicesOf(slice).Select(static key => key.ToString()));
    }

    public override string Name => "service-view";

    /// <summary>Every Service there is, now.</summary>
    public IEnumerable<ObjectKey> All => _services.All.Select(static service => service.Key());

    public V1Service? Find(ObjectKey key) => _services.Find(key);

    /// <summary>The ways into the Service; none when it is gone.</summary>
    public ImmutableArray<FrontendPlan> Plan(ObjectKey key)
        => Find(key) is { } service
            ? ServicePlanner.Plan(service, SlicesOf(key), Place())
            : [];

    /// <summary>Where its health checks are answered; null when it has none or is gone.</summary>
    public HealthCheckPlan? PlanHealth(ObjectKey key)
        => Find(key) is { } service ? ServicePlanner.PlanHealth(service, SlicesOf(key), Place()) : null;

    /// <summary>All slices of the Service.</summary>
    public IReadOnlyList<V1EndpointSlice> SlicesOf(ObjectKey key) => [.. _byService[key.ToString()]];

    /// <summary>Calls back with every Service that has to be planned anew, from several threads.</summary>
    public void Subscribe(Action<ObjectKey> changed)
    {
        _services.Subscribe((key, _, _) => changed(key));
        _slices.Subscribe((_, old, current) =>
        {
            foreach (var key in ServicesOf(old).Union(ServicesOf(current)))
            {
                changed(key);
            }
        });
        _node.Subscribe((_, old, current) =>
        {
            if (ZoneOf(old) != ZoneOf(current))
            {
                All.ToList().ForEach(changed);
            }
        });
    }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        ClusterComponent[] parts = [_services, _slices, _node];
        try
        {
            await Task.WhenAll(parts.Select(part => part.StartAsync(stopping)));
            SignalReady();
            var first = await Task.WhenAny(parts.Select(static part => part.Completion)).WaitAsync(stopping);
            await first;
        }
        finally
        {
            await Task.WhenAll(parts.Select(static part => part.DisposeAsync().AsTask()));
        }
    }

    private NodePlace Place() => new(_options.NodeName, ZoneOf(_node.Find(ObjectKey.Cluster(_options.NodeName))));

    private static string? ZoneOf(V1Node? node) => node?.Metadata.Labels?.TryGetValue(ZoneLabel, out var zone) == true ? zone : null;

    /// <summary>The Service a slice is of; none for slices without the label.</summary>
    public static IEnumerable<ObjectKey> ServicesOf(V1EndpointSlice? slice)
        => slice?.Metadata.Labels is { } labels && labels.TryGetValue("kubernetes.io/service-name", out var name)
            ? [new ObjectKey(slice.Metadata.NamespaceProperty ?? "", name)]
            : [];
}
