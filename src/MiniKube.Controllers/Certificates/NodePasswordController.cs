using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Makes the Secret of a node's password go with the Node, so that the name is free after <c>kubectl delete node</c>.</summary>
internal static class NodePasswordController
{
    private const string Name = "node-password-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var nodes = context.Informer<V1Node>();
        var secrets = context.Informer<V1Secret>();
        return context.Loop(Name, new NodePasswordReconciler(context.ClientFor(Name), nodes, secrets), workers: 1)
            .Watches(nodes, static (key, old, current) => old is null != current is null ? [key] : [])
            .Watches(secrets, static (key, _, current) =>
                current is not null && NodePasswordSecret.NodeOf(key) is { } node ? [ObjectKey.Cluster(node)] : []);
    }
}

/// <summary>Gives the Secret its Node as owner: the garbage collector does the rest. Keys are nodes.</summary>
internal sealed class NodePasswordReconciler(IApiClient client, Informer<V1Node> nodes, Informer<V1Secret> secrets) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        // Without a Node the Secret is of a machine that is about to register.
        if (nodes.Find(key) is { } node && secrets.Find(NodePasswordSecret.KeyOf(key.Name)) is { } secret)
        {
            await client.UpdateWithRetryAsync(secret, copy => Own(copy, node), subresource: null, cancellationToken);
        }

        return ReconcileResult.Done;
    }

    private static bool Own(V1Secret secret, V1Node node)
    {
        if (secret.Metadata.OwnerReferences is [{ } present] && present.Uid == node.Metadata.Uid)
        {
            return false;
        }

        var owner = ObjectType<V1Node>.ControllerRefTo(node);
        owner.Controller = null;
        owner.BlockOwnerDeletion = null;
        secret.Metadata.OwnerReferences = [owner];
        return true;
    }
}
