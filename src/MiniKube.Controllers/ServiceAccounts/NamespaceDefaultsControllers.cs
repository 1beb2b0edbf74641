using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>The service account of every namespace.</summary>
internal static class ServiceAccountController
{
    private const string Name = "service-account-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var namespaces = context.Informer<V1Namespace>();
        var accounts = context.Informer<V1ServiceAccount>();
        var reconciler = new DefaultServiceAccountReconciler(context.ClientFor(Name), namespaces, accounts);
        return context.Loop("serviceaccount-controller", reconciler, workers: 1)
            .For(namespaces)
            .Watches(accounts, static (key, _, current) =>
                current is null && key.Name == DefaultServiceAccountReconciler.AccountName
                    ? [ObjectKey.Cluster(key.Namespace)]
                    : []);
    }
}

/// <summary>The root certificates of every namespace.</summary>
internal static class RootCertificateController
{
    private const string Name = "root-ca-cert-publisher";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var namespaces = context.Informer<V1Namespace>();
        var configMaps = context.Informer<V1ConfigMap>();
        var reconciler = new RootCertificateReconciler(
            context.ClientFor(Name), namespaces, configMaps, context.Options.RootCertificates);
        var loop = context.Loop(Name, reconciler, workers: 1)
            .For(namespaces)
            .Watches(configMaps, static (key, _, _) =>
                key.Name == RootCertificateReconciler.MapName ? [ObjectKey.Cluster(key.Namespace)] : []);
        context.Options.RootCertificates.Changed += () =>
        {
            foreach (var home in namespaces.All)
            {
                loop.Enqueue(home.Key());
            }
        };
        return loop;
    }
}
