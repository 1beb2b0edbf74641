using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// The node's sign of life: its Lease, renewed on a fixed beat. https://kubernetes.io/docs/concepts/architecture/leases/
/// </summary>
internal sealed partial class LeaseRenewer(
    NodeOptions options, IApiClient client, TimeProvider time, ILogger<LeaseRenewer> logger)
{
    private const string Namespace = "kube-node-lease";

    private static readonly TimeSpan AfterLoss = TimeSpan.FromMilliseconds(250);

    private V1Lease? _lease;

    /// <summary>Renews until cancelled. A renewal that fails is reported; the next beat tries again.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var beat = new PeriodicTimer(options.LeaseRenewal, time);
        while (!await TryRenewAsync(stopping) || await beat.WaitForNextTickAsync(stopping))
        {
        }
    }

    /// <summary>False when it is to be tried again at once.</summary>
    private async Task<bool> TryRenewAsync(CancellationToken stopping)
    {
        try
        {
            await client.WhenReachableAsync(stopping);
            await RenewAsync(stopping);
            return true;
        }
        catch (ServerUnreachableException)
        {
            // Told by the transport. The sign of life is given as soon as a server is back, and not a beat later.
            _lease = null;
            await client.WhenReachableAsync(stopping);
            await Task.Delay(AfterLoss, time, stopping);
            return false;
        }
        catch (ApiException failure)
        {
            Log.NotRenewed(logger, options.NodeName, failure.Message);
            _lease = null;
            return true;
        }
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        _lease ??= await client.FindAsync<V1Lease>(new ObjectKey(Namespace, options.NodeName), stopping);
        var now = time.GetUtcNow().UtcDateTime;
        if (_lease is null)
        {
            // A node that was deleted is registered anew in a moment: the next beat finds it.
            var node = await client.FindAsync<V1Node>(ObjectKey.Cluster(options.NodeName), stopping);
            _lease = node is null ? null : await client.CreateAsync(Made(node, now), stopping);
            return;
        }

        var renewed = ObjectJson.Copy(_lease);
        renewed.Spec = SpecAt(now);
        _lease = await client.UpdateAsync(renewed, subresource: null, stopping);
    }

    private V1Lease Made(V1Node node, DateTime now) => new()
    {
        ApiVersion = "coordination.k8s.io/v1",
        Kind = "Lease",
        Metadata = new V1ObjectMeta
        {
            Name = options.NodeName,
            NamespaceProperty = Namespace,
            OwnerReferences =
            [
                new V1OwnerReference { ApiVersion = "v1", Kind = "Node", Name = options.NodeName, Uid = node.Metadata.Uid },
            ],
        },
        Spec = SpecAt(now),
    };

    private V1LeaseSpec SpecAt(DateTime now) => new()
    {
        HolderIdentity = options.NodeName,
        LeaseDurationSeconds = (int)options.LeaseDuration.TotalSeconds,
        RenewTime = now,
    };

    private static partial class Log
    {
        [LoggerMessage(4022, LogLevel.Warning, "Lease of node {Node} not renewed: {Problem}")]
        public static partial void NotRenewed(ILogger logger, string node, string problem);
    }
}
