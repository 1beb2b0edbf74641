using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Keeps the published addresses of a Service of type LoadBalancer those of the nodes that serve it.</summary>
internal sealed class LoadBalancerReconciler(
    IApiClient client,
    Informer<V1Service> services,
    Informer<V1Node> nodes,
    ObjectIndex<V1EndpointSlice> slices,
    EventRecorder events)
    : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (services.Find(key) is not { } service || service.IsDeleting())
        {
            return ReconcileResult.Done;
        }

        if (!LoadBalancerPlanner.IsOurs(service))
        {
            // One that was ours, or is somebody else's now, who says so himself.
            return service.Spec.Type == "LoadBalancer" ? ReconcileResult.Done : await PublishAsync(service, [], cancellationToken);
        }

        var plan = LoadBalancerPlanner.Plan(service, services.All, nodes.All, slices[key.ToString()]);
        if (plan.Problem is not null)
        {
            events.Warning(service, "SyncLoadBalancerFailed", $"Error syncing load balancer: {plan.Problem}");
        }

        return await PublishAsync(service, plan.Addresses, cancellationToken);
    }

    private async Task<ReconcileResult> PublishAsync(
        V1Service service, IReadOnlyCollection<string> addresses, CancellationToken cancellationToken)
    {
        var published = service.Status?.LoadBalancer?.Ingress ?? [];
        if (published.Select(static one => one.Ip).SequenceEqual(addresses)
            && published.All(static one => one.IpMode == "VIP"))
        {
            return ReconcileResult.Done;
        }

        var changed = ObjectJson.Copy(service);
        changed.Status ??= new V1ServiceStatus();
        changed.Status.LoadBalancer = new V1LoadBalancerStatus
        {
            Ingress = addresses.Count == 0
                ? null
                : [.. addresses.Select(static address => new V1LoadBalancerIngress { Ip = address, IpMode = "VIP" })],
        };
        await client.UpdateAsync(changed, "status", cancellationToken);
        if (addresses.Count > 0)
        {
            events.Normal(service, "UpdatedLoadBalancer", $"Served by {addresses.Count} nodes: {string.Join(", ", addresses)}");
        }

        return ReconcileResult.Done;
    }
}
