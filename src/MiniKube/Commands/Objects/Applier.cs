using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube;

/// <summary>What applying one manifest did.</summary>
internal enum ApplyOutcome
{
    Created,
    Configured,
    Unchanged,
}

/// <summary>An object after it was applied.</summary>
internal sealed record AppliedObject(ResourceKind Kind, string? Namespace, string Name, JsonObject Item, ApplyOutcome Outcome)
{
    /// <summary><c>deployment.apps/web</c>.</summary>
    public string Title => Kind.Title(Name);
}

/// <summary>
/// Client-side apply: creates what is missing, patches what differs, remembers the manifest in the annotation that kubectl
/// uses too, so that both can take turns.
/// </summary>
internal sealed class Applier(ApiConnection api, ResourceKinds kinds)
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where each manifest's object lives; refuses all of them when one cannot be applied.</summary>
    /// <exception cref="CommandException">A kind the server does not have.</exception>
    public IReadOnlyList<(Manifest Manifest, ResourceKind Kind)> Resolve(IEnumerable<Manifest> manifests)
        => [.. manifests.Select(manifest => (manifest, kinds.Find(manifest.Kind)
            ?? throw new CommandException(manifest.At(
                $"the server has no kind \"{manifest.Kind.Kind}\" in version \"{manifest.Kind.ApiVersion}\""))))];

    /// <exception cref="RefusedException">The server did not take it.</exception>
    public async Task<AppliedObject> ApplyAsync(Manifest manifest, ResourceKind kind, CancellationToken cancellationToken)
    {
        if (manifest.Name.Length == 0)
        {
            throw new CommandException(manifest.At("expected metadata.name; generateName cannot be applied, only created"));
        }

        var @namespace = kind.Namespaced ? manifest.Namespace ?? api.Namespace : null;
        var wanted = WithLastApplied(manifest.Object, @namespace);
        var current = await FindAsync(kind.PathOf(@namespace, manifest.Name), cancellationToken);
        if (current is null)
        {
            var created = await api.SendAsync(HttpMethod.Post, kind.PathOf(@namespace), ApiBody.Of(wanted), cancellationToken);
            return new AppliedObject(kind, @namespace, manifest.Name, created, ApplyOutcome.Created);
        }

        var patched = await PatchAsync(manifest.Kind, kind.PathOf(@namespace, manifest.Name), wanted, current, cancellationToken);
        var same = VersionOf(patched) == VersionOf(current);
        return new AppliedObject(kind, @namespace, manifest.Name, patched, same ? ApplyOutcome.Unchanged : ApplyOutcome.Configured);
    }

    private async Task<JsonObject> PatchAsync(
        Gvk kind, string path, JsonObject wanted, JsonObject current, CancellationToken cancellationToken)
    {
        var schema = PatchModels.Find(kind);
        var patch = ThreeWayPatch.Create(AppliedBefore(current), wanted, current, schema ?? PatchSchema.Unknown);
        if (patch.Count == 0)
        {
            return current;
        }

        var mediaType = schema is null ? "application/merge-patch+json" : "application/strategic-merge-patch+json";
        return await api.SendAsync(HttpMethod.Patch, path, new ApiBody(patch.ToJsonString(Plain), mediaType), cancellationToken);
    }

    private async Task<JsonObject?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await api.GetAsync(path, cancellationToken);
        }
        catch (RefusedException refused) when (refused.Code == 404)
        {
            return null;
        }
    }

    private static JsonObject WithLastApplied(JsonObject manifest, string? @namespace)
    {
        var wanted = manifest.DeepClone().AsObject();
        var metadata = wanted["metadata"]!.AsObject();
        if (@namespace is not null)
        {
            metadata["namespace"] = @namespace;
        }

        var annotations = metadata["annotations"] as JsonObject ?? [];
        annotations.Remove(LastApplied);
        metadata["annotations"] = annotations.Parent is null ? annotations : annotations.DeepClone();
        metadata["annotations"]![LastApplied] = CanonicalText(wanted);
        return wanted;
    }

    // Byte for byte what kubectl would write, so that taking turns with it changes nothing: names in order, and Go's escapes.
    private static string CanonicalText(JsonObject item)
        => Sorted(item)!.ToJsonString(Plain)
            .Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal) + "\n";

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static JsonObject? AppliedBefore(JsonObject current)
    {
        var text = current["metadata"]?["annotations"]?[LastApplied]?.ToString();
        try
        {
            return text is null ? null : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // Somebody wrote into the annotation; without it nothing is removed, which is the safe side.
        }
    }

    private static string? VersionOf(JsonObject item) => item["metadata"]?["resourceVersion"]?.ToString();
}
