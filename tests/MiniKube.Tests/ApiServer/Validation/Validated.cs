using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Validation;

/// <summary>Runs a kind's rules over a good object and a change of it, the way a request would.</summary>
internal static class Validated
{
    /// <summary>What creating the base object with the merge patch applied is refused for.</summary>
    public static IEnumerable<string> Create(ResourceDefinition kind, string good, string change)
    {
        var item = Read(kind, good, change);
        kind.PrepareForCreate(item);
        var errors = new FieldErrors();
        kind.Validate(item, errors);
        return errors.Found.Select(error => error.ToString());
    }

    /// <summary>What changing the base object by the merge patch is refused for.</summary>
    public static IEnumerable<string> Update(ResourceDefinition kind, string good, string change)
    {
        var old = Read(kind, good, "{}");
        kind.PrepareForCreate(old);
        var item = Read(kind, good, change);
        kind.PrepareForUpdate(item, old);
        var errors = new FieldErrors();
        kind.Validate(item, errors);
        kind.ValidateUpdate(item, old, errors);
        return errors.Found.Select(error => error.ToString());
    }

    private static IKubernetesObject<V1ObjectMeta> Read(ResourceDefinition kind, string good, string change)
    {
        var json = MergePatch.Apply(JsonNode.Parse(good), JsonNode.Parse(change))!.ToJsonString();
        var item = StrictDecoder.Decode(kind, Encoding.UTF8.GetBytes(json), FieldValidation.Strict).Item;
        kind.ApplyDefaults(item);
        return item;
    }
}
