using System.Collections.Immutable;

namespace MiniKube.ApiServer;

/// <summary>
/// What the server has, derived from its kinds: the legacy documents, one per group version, and the aggregated one, all of it in one
/// answer. Made when first asked for, and anew when kinds came or went. Thread-safe.
/// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
/// </summary>
internal sealed class DiscoveryDocuments(ResourceIndex resources)
{
    /// <summary>Content type of the legacy documents.</summary>
    public const string LegacyType = "application/json";

    /// <summary>Content type of the aggregated documents.</summary>
    public const string AggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private readonly PerSnapshot<ImmutableDictionary<string, DiscoveryDocument>> _legacy = new(
        resources, snapshot => MakeLegacy(snapshot.All));

    private readonly PerSnapshot<ImmutableDictionary<string, DiscoveryDocument>> _aggregated = new(
        resources, snapshot => MakeAggregated(snapshot.All));

    /// <summary>
    /// The legacy document at <c>/api</c>, <c>/apis</c>, <c>/api/v1</c>, <c>/apis/GROUP</c> or <c>/apis/GROUP/VERSION</c>; null elsewhere.
    /// </summary>
    public DiscoveryDocument? Find(string path) => _legacy.Value.GetValueOrDefault(path.TrimEnd('/'));

    /// <summary>The aggregated document at <c>/api</c> or <c>/apis</c>; null elsewhere.</summary>
    public DiscoveryDocument? FindAggregated(string path) => _aggregated.Value.GetValueOrDefault(path.TrimEnd('/'));

    private static ImmutableDictionary<string, DiscoveryDocument> MakeLegacy(ImmutableArray<ResourceDefinition> kinds)
    {
        var documents = ImmutableDictionary.CreateBuilder<string, DiscoveryDocument>();
        var groups = ApiGroup.Of(kinds);
        Add("/api", LegacyDiscovery.Versions(groups.Single(group => group.Name.Length == 0)));
        Add("/apis", LegacyDiscovery.Groups(groups.Where(group => group.Name.Length > 0)));
        foreach (var group in groups)
        {
            foreach (var version in group.Versions)
            {
                Add($"{group.Root}/{version.Name}", LegacyDiscovery.Resources(version));
            }

            if (group.Name.Length > 0)
            {
                Add(group.Root, LegacyDiscovery.Group(group));
            }
        }

        return documents.ToImmutable();

        void Add(string path, Action<System.Text.Json.Utf8JsonWriter> write)
            => documents.Add(path, DiscoveryDocument.Make(LegacyType, write));
    }

    private static ImmutableDictionary<string, DiscoveryDocument> MakeAggregated(ImmutableArray<ResourceDefinition> kinds)
        => ApiGroup.Of(kinds)
            .GroupBy(group => group.Name.Length == 0 ? "/api" : "/apis")
            .ToImmutableDictionary(
                groups => groups.Key,
                groups => DiscoveryDocument.Make(AggregatedType, AggregatedDiscovery.Groups(groups)));
}
