using System.Globalization;
using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The body of an apply patch: a part of an object, checked against the kind, and the fields it names.</summary>
internal sealed class ApplyConfiguration
{
    private const string UnknownField = "unknown field \"";

    private ApplyConfiguration(ReadOnlyMemory<byte> json, JsonElement root, FieldSet fields)
    {
        Json = json;
        Root = root;
        Fields = fields;
    }

    public ReadOnlyMemory<byte> Json { get; }

    public JsonElement Root { get; }

    /// <summary>What the applier will own. Shared: to be copied before it is changed.</summary>
    public FieldSet Fields { get; }

    public string Uid => MetadataText("uid");

    public string ResourceVersion => MetadataText("resourceVersion");

    /// <summary>Reads YAML or JSON.</summary>
    /// <exception cref="ApiException">
    /// BadRequest: not an object of the request's kind and name, or with fields it does not have.
    /// </exception>
    public static ApplyConfiguration Read(ResourceRequest request, ReadOnlyMemory<byte> body)
        => Of(request, ToJson(body));

    public static ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> body) => IsJson(body.Span) ? body : YamlBody.ToJson(body);

    /// <summary>A configuration in JSON, such as one the server made itself.</summary>
    /// <exception cref="ApiException">See <see cref="Read"/>.</exception>
    public static ApplyConfiguration Of(ResourceRequest request, ReadOnlyMemory<byte> json)
    {
        if (JsonText.ParseNode(json.Span) is not System.Text.Json.Nodes.JsonObject)
        {
            throw Refused("error decoding YAML: an apply patch must be an object");
        }

        var root = JsonElement.Parse(json.Span);
        CheckKind(request.Definition, root);
        CheckFields(request, root, json.Span);
        var applied = AppliedFields.Of(root, request.Definition.MergeSchema, OwnedParts.Of(request.Definition, request.Subresource));
        if (applied.Problems.Count > 0)
        {
            throw Untyped(request, root, applied.Problems);
        }

        return new ApplyConfiguration(json, root, applied.Fields);
    }

    private static bool IsJson(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    private static void CheckKind(ResourceDefinition definition, JsonElement root)
    {
        var gvk = definition.Gvk;
        if (Text(root, "kind") != gvk.Kind)
        {
            throw Refused($"Incorrect object specified in apply patch. Specified patch kind: {Text(root, "kind")}, expected: {gvk.Kind}");
        }

        if (Text(root, "apiVersion") != gvk.ApiVersion)
        {
            throw Refused("Incorrect version specified in apply patch. "
                + $"Specified patch version: {Text(root, "apiVersion")}, expected: {gvk.ApiVersion}");
        }

        if (root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("managedFields", out var owners) && owners.ValueKind != JsonValueKind.Null)
        {
            throw Refused("metadata.managedFields must be nil");
        }
    }

    // Unlike other writes, apply knows no way to drop a field it does not know: it could not be owned.
    private static void CheckFields(ResourceRequest request, JsonElement root, ReadOnlySpan<byte> json)
    {
        var findings = request.Definition.CheckBody(json);
        if (findings.Mismatches.Count > 0)
        {
            throw Untyped(request, root, findings.Mismatches);
        }

        if (findings.Surplus.Count > 0)
        {
            throw Untyped(request, root, [.. findings.Surplus.Select(Worded)]);
        }
    }

    private static string Worded(string finding)
        => finding.StartsWith(UnknownField, StringComparison.Ordinal)
            ? $".{finding[UnknownField.Length..^1]}: field not declared in schema"
            : finding;

    private static ApiException Untyped(ResourceRequest request, JsonElement root, IReadOnlyList<string> problems)
    {
        var gvk = request.Definition.Gvk;
        var about = request.Namespace.Length == 0 ? request.Name : $"{request.Namespace}/{request.Name}";
        var all = problems.Count == 1 ? problems[0] : $"errors:\n  {string.Join("\n  ", problems)}";
        return Refused(string.Create(
            CultureInfo.InvariantCulture,
            $"failed to create typed patch object ({about}; {gvk.ApiVersion}, Kind={Text(root, "kind")}): {all}"));
    }

    private static string Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static ApiException Refused(string why) => new(StatusReason.BadRequest, why);

    private string MetadataText(string name)
        => Root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object ? Text(metadata, name) : "";
}
