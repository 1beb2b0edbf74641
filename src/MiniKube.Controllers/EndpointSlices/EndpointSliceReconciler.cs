using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Keeps the slices of a service true to its pods.</summary>
internal sealed class EndpointSliceReconciler(
    IApiClient client,
    Informer<V1Service> services,
    Informer<V1Pod> pods,
    Informer<V1EndpointSlice> slices,
    Informer<V1Node> nodes)
    : IReconciler
{
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    private readonly CacheBarrier<V1EndpointSlice> _writes = new(slices);
    private readonly ObjectIndex<V1EndpointSlice> _byService = slices.AddIndex(ServiceOf);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (services.Find(key) is not { } service || service.IsDeleting() || !service.IsSelecting())
        {
            _writes.Forget(key);
            return ReconcileResult.Done; // The slices of a service that is gone go with it, by their owner reference.
        }

        await _writes.CaughtUpAsync(key, cancellationToken);
        var existing = _byService[key.ToString()].Where(static slice => !slice.IsDeleting()).ToList();
        var plan = EndpointSlicePlanner.Plan(service, ServicePods.Of(service, pods), existing, ZoneOf);
        foreach (var slice in plan.Create)
        {
            _writes.Wrote(key, await client.CreateAsync(slice, cancellationToken));
        }

        foreach (var slice in plan.Update)
        {
            _writes.Wrote(key, await client.UpdateAsync(slice, subresource: null, cancellationToken));
        }

        foreach (var slice in plan.Delete)
        {
            await client.DeleteIfPresentAsync(slice, cancellationToken);
        }

        return ReconcileResult.Done;
    }

    /// <summary>The service a slice of ours belongs to, as the key of an index.</summary>
    public static IEnumerable<string> ServiceOf(V1EndpointSlice slice)
        => slice.Metadata.Labels is { } labels
            && labels.TryGetValue(EndpointSlicePlanner.ManagedByLabel, out var manager)
            && manager == EndpointSlicePlanner.ManagedBy
            && labels.TryGetValue(EndpointSlicePlanner.ServiceNameLabel, out var name)
                ? [new ObjectKey(slice.Metadata.NamespaceProperty, name).ToString()]
                : [];

    private string? ZoneOf(string node)
        => nodes.Find(ObjectKey.Cluster(node))?.Metadata.Labels?.TryGetValue(ZoneLabel, out var zone) == true ? zone : null;
}
