using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// A patch as a change of an object: applied to the stored JSON, and the result decoded like a body a client sent.
/// </summary>
internal sealed class PatchChange
{
    private readonly ResourceDefinition _definition;
    private readonly PatchType _type;
    private readonly JsonNode? _patch;
    private readonly FieldValidation _validation;
    private readonly bool _concernsOwners;
    private readonly Action<IReadOnlyList<string>> _warn;

    /// <exception cref="ApiException">BadRequest: the patch is not JSON.</exception>
    public PatchChange(
        ResourceDefinition definition,
        ObjectPatch patch,
        FieldValidation validation,
        Action<IReadOnlyList<string>> warn)
    {
        _definition = definition;
        _type = patch.Type;
        _patch = JsonText.ParseNode(patch.Json.Span);
        _validation = validation;
        _warn = warn;
        _concernsOwners = patch.Json.Span.IndexOf("managedFields"u8) >= 0 || (patch.Type == PatchType.Json && NamesMetadata(_patch));
    }

    public IKubernetesObject<V1ObjectMeta> Apply(StoredObject current)
    {
        // Owners are a third of an object, and hardly any patch is about them.
        var json = _concernsOwners ? current.Json : StoredOwners.Without(current);
        var target = JsonNode.Parse(json.Span)!.AsObject();
        var patched = Patch(target) as JsonObject
            ?? throw new ApiException(
                StatusReason.BadRequest, "the patch leaves no object: it must keep a JSON object");
        var decoded = StrictDecoder.Decode(_definition, JsonText.Encode(patched), _validation);
        _warn(decoded.Warnings);
        return decoded.Item;
    }

    // An operation on the metadata or the object as a whole takes the owners along.
    private static bool NamesMetadata(JsonNode? patch)
        => patch is JsonArray operations
            && operations.OfType<JsonObject>().Any(operation => IsWhole(operation, "path") || IsWhole(operation, "from"));

    private static bool IsWhole(JsonObject operation, string name)
        => operation[name] is JsonValue value && value.TryGetValue<string>(out var pointer) && pointer is "" or "/metadata";

    private JsonNode? Patch(JsonObject target) => _type switch
    {
        PatchType.Json => JsonPatch.Apply(target, _patch),
        PatchType.Merge => MergePatch.Apply(target, _patch),
        _ => StrategicMergePatch.Apply(target, StrategicBody(), _definition.ObjectType),
    };

    private JsonObject StrategicBody()
        => _patch as JsonObject
            ?? throw new ApiException(StatusReason.BadRequest, "a strategic merge patch must be a JSON object");
}
