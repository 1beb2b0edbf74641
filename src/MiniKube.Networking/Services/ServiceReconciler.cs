using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>Opens and closes the ways into one Service as it and its slices are now.</summary>
internal sealed class ServiceReconciler(
    Informer<V1Service> services, ObjectIndex<V1EndpointSlice> slices, FrontendSet frontends, EventRecorder events, string nodeName)
    : IReconciler
{
    // A port that is taken may become free, and nobody tells.
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(10);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var service = services.Find(key);
        if (service is null)
        {
            await frontends.ApplyAsync(key, []);
            return ReconcileResult.Done;
        }

        var plans = ServicePlanner.Plan(service, [.. slices[key.ToString()]], nodeName);
        var problems = await frontends.ApplyAsync(key, plans);
        foreach (var problem in problems)
        {
            events.Warning(service, "FailedToListen", $"{problem} on node {nodeName}");
        }

        return problems.Count == 0 ? ReconcileResult.Done : ReconcileResult.After(TryAgain);
    }

    /// <summary>The Service a slice is of, as text: the key of the index of slices. None for slices without the label.</summary>
    public static IEnumerable<ObjectKey> ServiceOf(V1EndpointSlice slice)
        => slice.Metadata.Labels is { } labels && labels.TryGetValue("kubernetes.io/service-name", out var name)
            ? [new ObjectKey(slice.Metadata.NamespaceProperty ?? "", name)]
            : [];
}
