using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube;

/// <summary>What the server has, read once per command with two requests (aggregated discovery).</summary>
internal sealed class ResourceKinds(IReadOnlyList<ResourceKind> all)
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public static async Task<ResourceKinds> DiscoverAsync(ApiConnection api, CancellationToken cancellationToken)
    {
        var core = api.GetAsync("/api", Aggregated, cancellationToken);
        var groups = api.GetAsync("/apis", Aggregated, cancellationToken);
        return new ResourceKinds([.. KindsOf(await core), .. KindsOf(await groups)]);
    }

    /// <summary>The kind a person's word means. Core kinds win over others of the same name.</summary>
    /// <exception cref="CommandException">The server has no such kind.</exception>
    public ResourceKind Find(string word)
        => all.FirstOrDefault(kind => kind.IsCalled(word))
            ?? throw new CommandException($"error: the server doesn't have a resource type \"{word}\"");

    /// <summary>The kinds of a word that may be a category (<c>all</c>).</summary>
    public IReadOnlyList<ResourceKind> FindAll(string word)
    {
        ResourceKind[] category = [.. all.Where(kind => kind.Categories.Contains(word) && kind.Verbs.Contains("list"))];
        return category.Length > 0 ? category : [Find(word)];
    }

    /// <summary>The kind a manifest names, or null when the server has none such.</summary>
    public ResourceKind? Find(Gvk kind)
        => all.FirstOrDefault(one => one.Kind == kind.Kind && one.Gvr.Group == kind.Group && one.Gvr.Version == kind.Version);

    private static IEnumerable<ResourceKind> KindsOf(JsonObject list)
        => from item in list["items"] as JsonArray ?? []
           let @group = item["metadata"]?["name"]?.ToString() ?? ""
           from version in item["versions"] as JsonArray ?? []
           from resource in version["resources"] as JsonArray ?? []
           select KindOf(@group, version["version"]!.ToString(), resource);

    private static ResourceKind KindOf(string @group, string version, JsonNode resource)
    {
        var plural = resource["resource"]!.ToString();
        var kind = resource["responseKind"]?["kind"]?.ToString() ?? "";
        var singular = resource["singularResource"]?.ToString();
        return new ResourceKind
        {
            Gvr = new Gvr(@group, version, plural),
            Kind = kind,
            Singular = singular is { Length: > 0 } ? singular : kind.ToLowerInvariant(),
            ShortNames = Texts(resource["shortNames"]),
            Categories = Texts(resource["categories"]),
            Namespaced = resource["scope"]?.ToString() == "Namespaced",
            Verbs = Texts(resource["verbs"]),
        };
    }

    private static string[] Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(static item => item?.ToString() ?? "")];
}
