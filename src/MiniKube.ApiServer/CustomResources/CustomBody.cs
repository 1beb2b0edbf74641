using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Reads a body of a custom kind: metadata strictly by its model, the rest pruned by the schema.</summary>
internal static class CustomBody
{
    /// <exception cref="ApiException">BadRequest: it is not an object of the kind, or strictness was asked for and not met.</exception>
    /// <exception cref="JsonException">Broken JSON.</exception>
    public static DecodedObject Decode(CustomResource definition, ReadOnlySpan<byte> json, FieldValidation validation)
    {
        var findings = new BodyFindings();
        var item = Read(definition, json, findings);
        if (findings.Mismatches.Count > 0)
        {
            throw DecodingErrors.Refused(definition, string.Join(", ", findings.Mismatches));
        }

        if (validation == FieldValidation.Strict && findings.Surplus.Count > 0)
        {
            throw DecodingErrors.Refused(definition, $"strict decoding error: {string.Join(", ", findings.Surplus)}");
        }

        StrictDecoder.SetKind(definition, item);
        return new DecodedObject(item, validation == FieldValidation.Warn ? findings.Surplus : []);
    }

    /// <exception cref="ApiException">BadRequest: it is no JSON object.</exception>
    /// <exception cref="JsonException">Broken JSON.</exception>
    public static BodyFindings Check(CustomResource definition, ReadOnlySpan<byte> json)
    {
        var findings = new BodyFindings();
        Read(definition, json, findings);
        return findings;
    }

    private static CustomObject Read(CustomResource definition, ReadOnlySpan<byte> json, BodyFindings findings)
    {
        var all = ReadTree(definition, json, findings.Surplus);
        var item = new CustomObject { ApiVersion = Text(all, "apiVersion"), Kind = Text(all, "kind"), Metadata = ReadHead(all, findings) };
        all.Remove("apiVersion");
        all.Remove("kind");
        all.Remove("metadata");
        item.Body = all;
        var unknown = new List<string>();
        SchemaPruner.Prune(all, definition.Schema, unknown);
        findings.Surplus.AddRange(unknown.Select(static path => $"unknown field \"{path}\""));
        return item;
    }

    private static JsonObject ReadTree(CustomResource definition, ReadOnlySpan<byte> json, List<string> surplus)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var tree = JsonTree.Read(ref reader, path => surplus.Add($"duplicate field \"{path}\""));
        if (reader.Read())
        {
            throw new JsonException("something follows the object");
        }

        return tree as JsonObject ?? throw DecodingErrors.Refused(definition, "the body must be a JSON object");
    }

    private static V1ObjectMeta ReadHead(JsonObject all, BodyFindings findings)
    {
        if (!all.TryGetPropertyValue("metadata", out var metadata) || metadata is null)
        {
            return new V1ObjectMeta();
        }

        var json = JsonText.Encode(new JsonObject { ["metadata"] = metadata.DeepClone() });
        var shape = JsonShape.Of(typeof(CustomObjectHead));
        var found = BodyWalker.Walk(json, shape);
        findings.Mismatches.AddRange(found.Mismatches);
        findings.Surplus.AddRange(found.Surplus);
        if (found.Mismatches.Count > 0)
        {
            return new V1ObjectMeta();
        }

        var clean = found.HasInnerNulls ? NullReplacement.Rewrite(json, shape) : json;
        var head = ObjectJson.Decode<CustomObjectHead>(clean).Metadata ?? new V1ObjectMeta();
        head.ManagedFields = OwnersJson.Find(clean);
        return head;
    }

    private static string Text(JsonObject all, string name) => all.TryGetPropertyValue(name, out var value) && value is not null
        ? JsonKinds.TextOf(value) ?? throw new ApiException(StatusReason.BadRequest, $"{name} must be a string")
        : "";
}
