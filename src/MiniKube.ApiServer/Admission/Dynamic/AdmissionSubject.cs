using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// A request as webhooks and policies see it: JSON in the version it was sent in. One request's; not thread-safe while it is changed.
/// </summary>
internal sealed class AdmissionSubject
{
    private readonly Lock _gate = new();
    private AdmissionValues? _values;

    /// <summary><c>CREATE</c>, <c>UPDATE</c>, <c>DELETE</c> or <c>CONNECT</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>The resource of the path.</summary>
    public required ResourceDefinition Definition { get; init; }

    /// <summary>Of the object: another than the resource's for most subresources.</summary>
    public required Gvk Kind { get; init; }

    /// <summary>Empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Empty for cluster-scoped objects, except that a Namespace lies within itself.</summary>
    public required string Namespace { get; init; }

    /// <summary>Empty while the server has yet to make one up.</summary>
    public required string Name { get; init; }

    public required UserInfo User { get; init; }

    public bool DryRun { get; init; }

    /// <summary>CreateOptions, UpdateOptions or DeleteOptions; null for CONNECT.</summary>
    public JsonObject? Options { get; init; }

    /// <summary>Null for deletions.</summary>
    public JsonObject? Object { get; private set; }

    /// <summary>Null where there was none.</summary>
    public JsonObject? OldObject { get; init; }

    public required ObjectLookup Objects { get; init; }

    public required Authorizer Authorizer { get; init; }

    /// <summary>What a change makes of the object: read as a body is, with defaults.</summary>
    /// <remarks>Throws ApiException when the result is no object of the kind.</remarks>
    public required Func<JsonObject, JsonObject> Normalize { get; init; }

    /// <summary>Gets warnings, one at a time.</summary>
    public Action<string> Warnings { get; init; } = static _ => { };

    /// <summary>Gets what the audit log is to say, by key, one at a time.</summary>
    public Action<string, string> Annotations { get; init; } = static (_, _) => { };

    /// <summary>What policies want in the audit log.</summary>
    public PolicyNotes Notes { get; } = new();

    /// <summary>The object as it came in.</summary>
    public JsonObject? Given { init => Object = value; }

    /// <summary>True once <see cref="Object"/> is another.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>What expressions may name, of the version the request was sent in.</summary>
    public AdmissionValues Values => _values ??= new AdmissionValues(this, new AdmissionView(Definition, Kind, Object, OldObject));

    /// <summary>Tells whoever asked something that is no refusal. Thread-safe.</summary>
    public void Warn(string text)
    {
        lock (_gate)
        {
            Warnings(text);
        }
    }

    /// <summary>Says something about the request in the audit log. Thread-safe.</summary>
    public void Annotate(string key, string value)
    {
        lock (_gate)
        {
            Annotations(key, value);
        }
    }

    /// <summary>Replaces the object.</summary>
    /// <returns>False when it is what it was.</returns>
    /// <exception cref="ApiException">It is no object of the kind any more.</exception>
    public bool Change(JsonObject patched)
    {
        var next = Normalize(patched);
        if (JsonNode.DeepEquals(next, Object))
        {
            return false;
        }

        Object = next;
        _values = null;
        IsChanged = true;
        return true;
    }

    /// <summary>The same in another version of the resource, where there is one.</summary>
    /// <exception cref="ApiException">It could not be converted.</exception>
    public async ValueTask<AdmissionView> ViewAsync(ResourceDefinition version, CancellationToken cancellationToken)
        => version == Definition
            ? new AdmissionView(Definition, Kind, Object, OldObject)
            : new AdmissionView(
                version,
                Kind == Definition.Gvk ? version.Gvk : Kind,
                await VersionConversion.ConvertAsync(Object, Kind, Definition, version, cancellationToken),
                await VersionConversion.ConvertAsync(OldObject, Kind, Definition, version, cancellationToken));

    public AdmissionValues ValuesOf(AdmissionView view) => view.Version == Definition ? Values : new AdmissionValues(this, view);
}

/// <summary>The objects of a request in one version of its resource.</summary>
internal sealed record AdmissionView(ResourceDefinition Version, Gvk Kind, JsonObject? Object, JsonObject? OldObject);
