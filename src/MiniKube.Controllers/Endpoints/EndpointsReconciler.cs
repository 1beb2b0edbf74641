using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Keeps the Endpoints object of a service true to its pods, and removes it with the service.</summary>
internal sealed class EndpointsReconciler(
    IApiClient client, Informer<V1Service> services, Informer<V1Pod> pods, Informer<V1Endpoints> endpoints)
    : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var existing = endpoints.Find(key);
        if (services.Find(key) is not { } service)
        {
            await RemoveAsync(key, existing, cancellationToken);
            return ReconcileResult.Done;
        }

        if (!service.IsSelecting() || service.IsDeleting())
        {
            return ReconcileResult.Done;
        }

        var wanted = EndpointsPlanner.Plan(service, ServicePods.Of(service, pods), existing);
        if (existing is null)
        {
            await client.CreateAsync(wanted, cancellationToken);
        }
        else if (!EndpointsPlanner.IsSame(existing, wanted))
        {
            await client.UpdateAsync(wanted, subresource: null, cancellationToken);
        }

        return ReconcileResult.Done;
    }

    // The services' cache may lag behind the endpoints': only a service that the API does not know is gone.
    private async Task RemoveAsync(ObjectKey key, V1Endpoints? existing, CancellationToken cancellationToken)
    {
        if (existing is null || !EndpointsPlanner.IsOurs(existing))
        {
            return;
        }

        if (await client.FindAsync<V1Service>(key, cancellationToken) is null)
        {
            await client.DeleteIfPresentAsync(existing, cancellationToken);
        }
    }
}
