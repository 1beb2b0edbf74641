using System.Net;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>What a node says about its network: to the other nodes in annotations, to people in conditions.</summary>
internal sealed record NodeAnnouncement
{
    /// <summary>Where and how others reach this node's pods.</summary>
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>Why there is no pod network here at all; null when there is.</summary>
    public NetworkProblem? Failure { get; init; }

    /// <summary>Why single nodes cannot be reached; null when all can.</summary>
    public NetworkProblem? Trouble { get; init; }
}

/// <summary>Writes an announcement into this machine's own Node object, where it differs.</summary>
internal sealed class NodeAnnouncer(IApiClient client, TimeProvider time)
{
    // https://kubernetes.io/docs/reference/node/node-status/#condition
    private const string Unavailable = "NetworkUnavailable";

    // Of our own, and only there once there was trouble.
    private const string Degraded = "PodNetworkDegraded";

    public static IReadOnlyDictionary<string, string> AnnotationsOf(NetworkBackend backend, IPAddress nodeIp, IPNetwork podCidr)
    {
        var annotations = new Dictionary<string, string>
        {
            [PeerNode.BackendAnnotation] = backend.ToName(),
            [PeerNode.AddressAnnotation] = nodeIp.ToString(),
        };
        if (backend == NetworkBackend.Vxlan)
        {
            annotations[PeerNode.HardwareAddressAnnotation] = PeerNode.HardwareAddressOf(podCidr).ToString();
        }

        return annotations;
    }

    public async Task WriteAsync(V1Node seen, NodeAnnouncement announcement, CancellationToken cancellationToken)
    {
        var node = await client.UpdateWithRetryAsync(
            seen, copy => ApplyAnnotations(copy, announcement), subresource: null, cancellationToken);
        if (node is not null)
        {
            await client.UpdateWithRetryAsync(
                node, copy => ApplyConditions(copy, announcement), subresource: "status", cancellationToken);
        }
    }

    private static bool ApplyAnnotations(V1Node node, NodeAnnouncement announcement)
    {
        var annotations = node.Metadata.Annotations ??= new Dictionary<string, string>();
        var changed = false;
        foreach (var name in new[] { PeerNode.BackendAnnotation, PeerNode.AddressAnnotation, PeerNode.HardwareAddressAnnotation })
        {
            var wanted = announcement.Annotations.GetValueOrDefault(name);
            annotations.TryGetValue(name, out var present);
            if (wanted == present)
            {
                continue;
            }

            changed = true;
            if (wanted is null)
            {
                annotations.Remove(name);
            }
            else
            {
                annotations[name] = wanted;
            }
        }

        return changed;
    }

    private bool ApplyConditions(V1Node node, NodeAnnouncement announcement)
    {
        node.Status ??= new V1NodeStatus();
        var conditions = node.Status.Conditions?.ToList() ?? [];
        var changed = Set(conditions, Unavailable, announcement.Failure, "PodNetworkIsUp", "the pod network of this node is set up");
        if (announcement.Trouble is not null || conditions.Exists(static one => one.Type == Degraded))
        {
            changed |= Set(conditions, Degraded, announcement.Trouble, "EveryNodeReached", "the pods of every node can be reached");
        }

        node.Status.Conditions = conditions;
        return changed;
    }

    private bool Set(List<V1NodeCondition> conditions, string type, NetworkProblem? problem, string wellReason, string wellMessage)
    {
        var old = conditions.Find(one => one.Type == type);
        var (status, reason, message) = problem is null
            ? ("False", wellReason, wellMessage)
            : ("True", problem.Reason, problem.Message);
        if (old is not null && old.Status == status && old.Reason == reason && old.Message == message)
        {
            return false;
        }

        var now = time.GetUtcNow().UtcDateTime;
        conditions.RemoveAll(one => one.Type == type);
        conditions.Add(new V1NodeCondition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastHeartbeatTime = now,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
        });
        return true;
    }
}
