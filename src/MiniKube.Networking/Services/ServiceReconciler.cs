using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>Opens and closes the ways into one Service as it and its slices are now.</summary>
internal sealed partial class ServiceReconciler(
    Informer<V1Service> services,
    ObjectIndex<V1EndpointSlice> slices,
    FrontendSet frontends,
    EventRecorder events,
    ServiceProxyOptions options,
    ILogger logger)
    : IReconciler
{
    // A port that is taken may become free, and nobody tells.
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(10);

    private readonly HashSet<(ObjectKey, string)> _told = [];

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var service = services.Find(key);
        if (service is null)
        {
            await frontends.ApplyAsync(key, []);
            return ReconcileResult.Done;
        }

        var plans = ServicePlanner.Plan(service, [.. slices[key.ToString()]], options.NodeName);
        var problems = await frontends.ApplyAsync(key, plans);
        Tell(service, key, problems);
        return problems.Count == 0 ? ReconcileResult.Done : ReconcileResult.After(TryAgain);
    }

    /// <summary>
    /// The Service a slice is of, as text: the key of the index of slices. None for slices without the label.
    /// </summary>
    public static IEnumerable<ObjectKey> ServiceOf(V1EndpointSlice slice)
        => slice.Metadata.Labels is { } labels && labels.TryGetValue("kubernetes.io/service-name", out var name)
            ? [new ObjectKey(slice.Metadata.NamespaceProperty ?? "", name)]
            : [];

    /// <summary>Once per problem, until it is gone and comes again.</summary>
    private void Tell(V1Service service, ObjectKey key, IReadOnlyList<string> problems)
    {
        _told.RemoveWhere(told => told.Item1 == key && !problems.Contains(told.Item2));
        foreach (var problem in problems.Where(problem => _told.Add((key, problem))))
        {
            events.Warning(service, "FailedToListen", $"{problem} on node {options.NodeName}");
            Log.CannotListen(logger, key, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5012, LogLevel.Warning, "Service {Service}: {Problem}")]
        public static partial void CannotListen(ILogger logger, ObjectKey service, string problem);
    }
}
