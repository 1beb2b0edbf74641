using System.Text.Json;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A decoded body; <see cref="Warnings"/> is empty unless warnings were asked for.</summary>
internal sealed record DecodedObject(IKubernetesObject<V1ObjectMeta> Item, IReadOnlyList<string> Warnings);

/// <summary>
/// Bytes a client sent to a typed object. Everything wrong with the bytes is reported at once, with paths; the only exception that
/// leaves here is <see cref="ApiException"/>. The result has its <c>apiVersion</c>, <c>kind</c> and metadata set.
/// </summary>
internal static class StrictDecoder
{
    public static DecodedObject Decode(ResourceDefinition definition, ReadOnlyMemory<byte> utf8Json, FieldValidation validation)
    {
        try
        {
            return definition.DecodeBody(utf8Json.Span, validation);
        }
        catch (JsonException failure)
        {
            throw DecodingErrors.NotReadable(definition, failure);
        }
        catch (InvalidOperationException failure)
        {
            // What the reader throws for text that is not UTF-8, and for half a surrogate pair.
            throw DecodingErrors.NotReadable(definition, new JsonException(failure.Message));
        }
    }

    /// <summary>A body of a kind with a model.</summary>
    public static DecodedObject DecodeModel(
        ResourceDefinition definition, ReadOnlySpan<byte> json, FieldValidation validation)
    {
        var findings = definition.CheckBody(json);
        if (findings.Mismatches.Count > 0)
        {
            throw DecodingErrors.Refused(definition, string.Join(", ", findings.Mismatches));
        }

        if (validation == FieldValidation.Strict && findings.Surplus.Count > 0)
        {
            throw DecodingErrors.Refused(definition, $"strict decoding error: {string.Join(", ", findings.Surplus)}");
        }

        var clean = findings.HasInnerNulls ? NullReplacement.Rewrite(json, JsonShape.Of(definition.ObjectType)) : json;
        var item = definition.Decode(clean);
        SetKind(definition, item);
        item.Metadata ??= new V1ObjectMeta();
        item.Metadata.ManagedFields = OwnersJson.Find(clean);
        return new DecodedObject(item, validation == FieldValidation.Warn ? findings.Surplus : []);
    }

    /// <summary>Clients may leave both out: the path has said them already.</summary>
    /// <exception cref="ApiException">BadRequest: they say something else.</exception>
    public static void SetKind(ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item)
    {
        var gvk = definition.Gvk;
        if (!string.IsNullOrEmpty(item.Kind) && item.Kind != gvk.Kind)
        {
            throw new ApiException(StatusReason.BadRequest,
                $"{item.Kind} in version \"{item.ApiVersion}\" cannot be handled as a {gvk.Kind}: "
                + $"send it to the path of its own kind, or a {gvk.Kind} here");
        }

        if (!string.IsNullOrEmpty(item.ApiVersion) && item.ApiVersion != gvk.ApiVersion)
        {
            throw new ApiException(StatusReason.BadRequest,
                $"the API version in the data ({item.ApiVersion}) does not match the expected API version ({gvk.ApiVersion})");
        }

        item.ApiVersion = gvk.ApiVersion;
        item.Kind = gvk.Kind;
    }
}
