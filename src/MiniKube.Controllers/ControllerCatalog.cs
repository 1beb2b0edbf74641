using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>The controllers of the cluster.</summary>
public static class ControllerCatalog
{
    /// <summary>
    /// Everything to start, in this order: the shared informers, then the controllers that read from them. Adding a
    /// controller is one folder and one line here. <paramref name="clientFor"/> gives a client that acts as the named
    /// user, <paramref name="customClientFor"/> one to which <see cref="CustomObject"/> stands for objects of a resource; without it,
    /// controllers treat built-in kinds only.
    /// </summary>
    public static IReadOnlyList<ClusterComponent> Create(
        Func<string, IApiClient> clientFor,
        ControllerOptions options,
        TimeProvider time,
        Random random,
        ILoggerFactory loggers,
        Func<Gvr, string, IApiClient>? customClientFor = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var context = new ControllerContext(clientFor, options, time, random, loggers);
        var kinds = new KindCatalog(context);
        var custom = customClientFor is null ? null : new CustomKindFollower(context, kinds, customClientFor, loggers);
        ImmutableArray<ClusterComponent> controllers =
        [
            .. custom is null ? Array.Empty<ClusterComponent>() : [custom.Loop],
            NamespaceController.Create(context, kinds, custom),
            ServiceAccountController.Create(context),
            RootCertificateController.Create(context),
            ClusterRoleAggregationController.Create(context),
            DeploymentController.Create(context),
            ReplicaSetController.Create(context),
            StatefulSetController.Create(context),
            DaemonSetController.Create(context),
            DisruptionController.Create(context),
            QuotaController.Create(context, kinds),
            EndpointSliceController.Create(context),
            EndpointsController.Create(context),
            .. options.LoadBalancer ? [LoadBalancerController.Create(context)] : Array.Empty<ClusterComponent>(),
            new GarbageCollectorComponent(context, kinds),
            PodCidrController.Create(context),
            NodeHealthController.Create(context),
            PodEvictionController.Create(context),
            CertificateApprovingController.Create(context),
            .. CertificateSigningController.Create(context),
            CertificateCleaningController.Create(context),
            NodePasswordController.Create(context),
            PodGarbageController.Create(context),
            TokenCleanerController.Create(context),
            ClaimProtectionController.Create(context),
            VolumeProtectionController.Create(context),
        ];
        return [context.Events, context.Awake, context.Informers, .. controllers];
    }
}
