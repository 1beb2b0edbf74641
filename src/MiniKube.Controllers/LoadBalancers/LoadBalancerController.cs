using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// The built-in load balancer: publishes the nodes of Services of type LoadBalancer. The service proxy of each node
/// carries what arrives there.
/// </summary>
internal static class LoadBalancerController
{
    private const string Name = "service-load-balancer";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var services = context.Informer<V1Service>();
        var nodes = context.Informer<V1Node>();
        var slices = context.Informer<V1EndpointSlice>();
        var byService = slices.AddIndex(static slice => ServicesOf(slice).Select(static key => key.ToString()));
        var reconciler = new LoadBalancerReconciler(
            context.ClientFor(Name), services, nodes, byService, context.RecorderFor(Name));
        return context.SummingLoop(Name, reconciler)
            .For(services)
            // The ports of one are taken from the others.
            .Watches(services, (_, old, current) => IsBalanced(old) || IsBalanced(current) ? All(services) : [])
            .Watches(nodes, (_, old, current) => LoadBalancerPlanner.Matters(old, current) ? All(services) : [])
            .Watches(slices, slice => ServicesOf(slice)
                .Where(key => services.Find(key)?.Spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" }));
    }

    private static bool IsBalanced(V1Service? service) => service?.Spec.Type == "LoadBalancer";

    private static IEnumerable<ObjectKey> All(Informer<V1Service> services)
        => services.All.Where(IsBalanced).Select(static service => service.Key());

    private static IEnumerable<ObjectKey> ServicesOf(V1EndpointSlice slice)
        => slice.Metadata.Labels?.TryGetValue(EndpointSlicePlanner.ServiceNameLabel, out var name) == true
            ? [new ObjectKey(slice.Metadata.NamespaceProperty, name)]
            : [];
}
