using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Gives every node its part of the cluster's pod addresses. Runs with one worker: the pool has one owner.
/// </summary>
internal sealed class PodCidrReconciler(
    IApiClient client, Informer<V1Node> nodes, ControllerOptions options, EventRecorder events)
    : IReconciler
{
    private readonly CidrPool _pool = new(options.ClusterCidr, options.NodeCidrPrefix);
    private readonly Dictionary<ObjectKey, string> _byNode = [];
    private bool _isFilled;

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        TakeWhatNodesHave();
        if (nodes.Find(key) is not { } node)
        {
            Release(key);
            return ReconcileResult.Done;
        }

        if (!string.IsNullOrEmpty(node.Spec?.PodCIDR))
        {
            Remember(node);
            return ReconcileResult.Done;
        }

        // A node that was deleted and came back under its name gets the range it had.
        if ((_byNode.GetValueOrDefault(key) ?? _pool.TakeNext()) is not { } cidr)
        {
            events.Warning(node, "CIDRNotAvailable", $"Node {key.Name} status is now: CIDRNotAvailable");
            return ReconcileResult.Done; // A node that goes away frees one and brings this one back.
        }

        _byNode[key] = cidr;
        var assigned = await client.UpdateWithRetryAsync(
            node, copy => Assign(copy, cidr), subresource: null, cancellationToken);
        if (assigned?.Spec.PodCIDR != cidr)
        {
            Release(key);
        }

        return ReconcileResult.Done;
    }

    // Before the first node gets one, all that are given already are known: the informer has its list.
    private void TakeWhatNodesHave()
    {
        if (_isFilled)
        {
            return;
        }

        foreach (var node in nodes.All)
        {
            Remember(node);
        }

        _isFilled = true;
    }

    private void Remember(V1Node node)
    {
        if (node.Spec?.PodCIDR is { Length: > 0 } cidr && _byNode.TryAdd(node.Key(), cidr))
        {
            _pool.Take(cidr);
        }
    }

    private void Release(ObjectKey node)
    {
        if (_byNode.Remove(node, out var cidr))
        {
            _pool.Release(cidr);
        }
    }

    private static bool Assign(V1Node node, string cidr)
    {
        node.Spec ??= new V1NodeSpec();
        if (!string.IsNullOrEmpty(node.Spec.PodCIDR))
        {
            return false;
        }

        node.Spec.PodCIDR = cidr;
        node.Spec.PodCIDRs = [cidr];
        return true;
    }
}
