using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A write as webhooks and policies see it, and back: the object, or for <c>/scale</c> its Scale.</summary>
internal static class AdmissionForms
{
    private const string Scale = "scale";

    private static readonly Gvk ScaleKind = new("autoscaling", "v1", "Scale");

    /// <summary>
    /// False for what the server does on its own, and for the write behind a binding, of which the binding itself was shown.
    /// </summary>
    public static bool IsSeen(AdmissionRequest request) => IsSeen(request.User) && request.Subresource != "binding";

    public static bool IsSeen(UserInfo user)
        => !(user.Name == UserInfo.ApiServer.Name && user.Groups.Contains(UserInfo.Masters));

    /// <param name="request">The write.</param>
    /// <param name="authorizer">For expressions.</param>
    /// <param name="isFinal">True when the object is as it will be stored; before, a name the server made up is not told.</param>
    public static AdmissionSubject SubjectOf(AdmissionRequest request, Authorizer authorizer, bool isFinal)
    {
        var isUnnamed = request.HasGeneratedName && !isFinal;
        var name = request.HasGeneratedName ? "" : request.Object?.Metadata.Name ?? request.Key.Name;
        return new AdmissionSubject
        {
            Operation = request.Operation switch
            {
                Verb.Create => "CREATE",
                Verb.Delete => "DELETE",
                _ => "UPDATE",
            },
            Definition = request.Definition,
            Kind = request.Subresource == Scale ? ScaleKind : request.Definition.Gvk,
            Subresource = request.Subresource,
            Namespace = request.Definition is NamespaceResource ? name : request.Key.Namespace,
            Name = name,
            User = request.User,
            DryRun = request.DryRun,
            Options = request.Options(),
            Given = Json(request, request.Object, isUnnamed),
            OldObject = Json(request, request.OldObject, isUnnamed: false),
            Objects = request.Objects,
            Authorizer = authorizer,
            Normalize = changed => Json(request, Read(request, changed), isUnnamed)!,
            Warnings = request.Warn,
            Annotations = request.Annotate,
        };
    }

    /// <summary>What they made of the object becomes the request's.</summary>
    public static void Take(AdmissionRequest request, AdmissionSubject subject)
    {
        request.Object = Read(request, subject.Object!);
        request.IsMutated = true;
    }

    private static JsonObject? Json(AdmissionRequest request, IKubernetesObject<V1ObjectMeta>? item, bool isUnnamed)
    {
        if (item is null)
        {
            return null;
        }

        var bytes = request.Subresource == Scale
            ? ObjectJson.Encode(ScaleSubresource.Of(request.Definition, item))
            : request.Definition.Encode(item);
        var json = (JsonObject)JsonTree.Parse(bytes)!;
        if (isUnnamed)
        {
            (json["metadata"] as JsonObject)?.Remove("name");
        }

        return json;
    }

    private static IKubernetesObject<V1ObjectMeta> Read(AdmissionRequest request, JsonObject json)
    {
        var definition = request.Definition;
        var given = request.Object!;
        if (request.Subresource == Scale)
        {
            var scaled = definition.Decode(definition.Encode(given));
            definition.Scale!.SetSpecReplicas(scaled, JsonText.Decode<V1Scale>(JsonText.Encode(json)).Spec?.Replicas ?? 0);
            return scaled;
        }

        var item = StrictDecoder.Decode(definition, JsonText.Encode(json), FieldValidation.Ignore).Item;
        KeepSystemFields(item.Metadata, given.Metadata);
        definition.ApplyDefaults(item);
        return item;
    }

    // What the server decides is nobody else's to change.
    private static void KeepSystemFields(V1ObjectMeta meta, V1ObjectMeta given)
    {
        meta.Name = string.IsNullOrEmpty(meta.Name) ? given.Name : meta.Name;
        meta.Uid = given.Uid;
        meta.ResourceVersion = given.ResourceVersion;
        meta.Generation = given.Generation;
        meta.CreationTimestamp = given.CreationTimestamp;
        meta.DeletionTimestamp = given.DeletionTimestamp;
        meta.DeletionGracePeriodSeconds = given.DeletionGracePeriodSeconds;
        meta.SelfLink = null;
        meta.ManagedFields = null;
    }
}
