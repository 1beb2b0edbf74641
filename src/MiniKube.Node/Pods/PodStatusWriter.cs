using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// Brings a pod's status into the API: at once when it differs, one write at a time, the newest wins. Belongs to the worker's loop.
/// </summary>
internal sealed class PodStatusWriter(IApiClient client, PodOperations operations)
{
    public const string Key = "status";

    private byte[]? _written;
    private Revision _writtenAt;

    /// <summary>True when the API has what was offered last.</summary>
    public bool IsInSync { get; private set; }

    /// <summary>The status as it is to be written: this node's, with the conditions of others kept from the API's.</summary>
    public static V1PodStatus WithForeign(V1PodStatus own, V1PodStatus? inApi)
    {
        var foreign = (inApi?.Conditions ?? []).Where(condition => !PodConditions.IsOurs(condition.Type));
        var ours = (own.Conditions ?? []).Where(condition => PodConditions.IsOurs(condition.Type));
        return own with { Conditions = [.. ours, .. foreign], NominatedNodeName = inApi?.NominatedNodeName };
    }

    public void Offer(V1Pod pod, V1PodStatus status, CancellationToken stopping)
    {
        var wanted = ObjectJson.Encode(status);
        if (_written is null || pod.Revision() > _writtenAt)
        {
            // Somebody else wrote after us, perhaps to the status: what the API has now is what counts.
            _written = ObjectJson.Encode(pod.Status ?? new V1PodStatus());
            _writtenAt = pod.Revision();
        }

        IsInSync = wanted.AsSpan().SequenceEqual(_written);
        if (!IsInSync)
        {
            operations.Start(Key, stopping, cancellationToken => WriteAsync(pod, status, wanted, cancellationToken));
        }
    }

    private async Task<Action> WriteAsync(V1Pod pod, V1PodStatus status, byte[] encoded, CancellationToken cancellationToken)
    {
        await client.WhenReachableAsync(cancellationToken);
        var written = await client.UpdateWithRetryAsync(
            pod,
            latest =>
            {
                latest.Status = WithForeign(status, latest.Status);
                return true;
            },
            subresource: "status",
            cancellationToken);
        return () =>
        {
            // Null when the pod is gone: the watch tells, and there is nothing left to write to.
            _written = encoded;
            _writtenAt = written?.Revision() ?? _writtenAt;
        };
    }
}
