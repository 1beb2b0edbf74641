using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Endpoints of services with a selector, for clients that do not read slices.</summary>
internal static class EndpointsController
{
    private const string Name = "endpoint-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var services = context.Informer<V1Service>();
        var pods = context.Informer<V1Pod>();
        var endpoints = context.Informer<V1Endpoints>();
        var reconciler = new EndpointsReconciler(context.ClientFor(Name), services, pods, endpoints);
        return context.SummingLoop(Name, reconciler)
            .For(services)
            .Watches(pods, (_, old, current) => ServicePods.Affected(services, old, current))
            .Watches(endpoints, (key, _, current) => Concerns(services.Find(key), current) ? [key] : []);
    }

    // Ours without a service are what is left when a service went while nobody was looking.
    private static bool Concerns(V1Service? service, V1Endpoints? endpoints)
        => service is null ? endpoints is not null && EndpointsPlanner.IsOurs(endpoints) : service.IsSelecting();
}
