using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What a request carries that is not stored, as webhooks and policies see it: a Binding, an Eviction, PodExecOptions.</summary>
/// <param name="Operation"><c>CREATE</c> or <c>CONNECT</c>.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Item">Its JSON.</param>
internal sealed record AdmissionBody(string Operation, Gvk Kind, JsonObject Item)
{
    /// <summary>How it is meant; null for CONNECT.</summary>
    public JsonObject? Options { get; init; }

    public bool DryRun { get; init; }

    /// <summary>Reads what a webhook made of it, so that what follows is what was admitted.</summary>
    public Func<JsonObject, JsonObject> Normalize { get; init; } = static changed => changed;

    /// <summary>A body with a model.</summary>
    public static AdmissionBody Of<T>(Gvk kind, T item, WriteOptions options)
        where T : class
        => new("CREATE", kind, Json(kind, item))
        {
            Options = WriteOptionsJson.Of("CreateOptions", options),
            DryRun = options.DryRun,
            Normalize = changed => Json(kind, JsonText.Decode<T>(JsonText.Encode(changed))),
        };

    public AdmissionSubject SubjectOf(ResourceRequest request, ObjectLookup objects, Authorizer authorizer) => new()
    {
        Operation = Operation,
        Definition = request.Definition,
        Kind = Kind,
        Subresource = request.Subresource,
        Namespace = request.Namespace,
        Name = request.Name,
        User = request.User,
        DryRun = DryRun,
        Options = Options,
        Given = Item,
        Objects = objects,
        Authorizer = authorizer,
        Normalize = Normalize,
        Warnings = request.Warn,
        Annotations = request.Annotate,
    };

    private static JsonObject Json<T>(Gvk kind, T item)
    {
        var json = (JsonObject)JsonTree.Parse(ObjectJson.Encode(item))!;
        json["apiVersion"] = kind.ApiVersion;
        json["kind"] = kind.Kind;
        return json;
    }
}
