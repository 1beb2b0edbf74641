using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>EndpointSlices of services with a selector.</summary>
internal static class EndpointSliceController
{
    private const string Name = "endpointslice-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var services = context.Informer<V1Service>();
        var pods = context.Informer<V1Pod>();
        var slices = context.Informer<V1EndpointSlice>();
        var reconciler = new EndpointSliceReconciler(
            context.ClientFor(Name), services, pods, slices, context.Informer<V1Node>());
        return context.SummingLoop(Name, reconciler)
            .For(services)
            .Watches(pods, (_, old, current) => ServicePods.Affected(services, old, current))
            .Watches(slices, ServicesOf);
    }

    private static IEnumerable<ObjectKey> ServicesOf(V1EndpointSlice slice)
        => EndpointSliceReconciler.ServiceOf(slice).Any()
            ? [new ObjectKey(slice.Metadata.NamespaceProperty, slice.Metadata.Labels[EndpointSlicePlanner.ServiceNameLabel])]
            : [];
}
