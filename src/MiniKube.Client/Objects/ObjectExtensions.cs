using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>Questions asked of every object, whatever its kind. Nothing here changes an object.</summary>
public static class ObjectExtensions
{
    /// <summary>Namespace and name.</summary>
    public static ObjectKey Key(this IMetadata<V1ObjectMeta> item)
        => new(item.Metadata.NamespaceProperty ?? "", item.Metadata.Name);

    /// <summary>
    /// The revision of the last write of the object; <see cref="Revision.Zero"/> for one never written.
    /// </summary>
    public static Revision Revision(this IMetadata<V1ObjectMeta> item)
        => Api.Revision.TryParse(item.Metadata.ResourceVersion, out var revision) ? revision : Api.Revision.Zero;

    /// <summary>True once deletion has been asked for, while finalizers or the grace period keep the object.</summary>
    public static bool IsDeleting(this IMetadata<V1ObjectMeta> item) => item.Metadata.DeletionTimestamp is not null;

    /// <summary>The one owner that manages the object, or null when none does.</summary>
    public static V1OwnerReference? ControllerRef(this IMetadata<V1ObjectMeta> item)
        => item.Metadata.OwnerReferences?.FirstOrDefault(static owner => owner.Controller == true);

    /// <summary>True when that very object (not one of the same name) is the managing owner.</summary>
    public static bool IsControlledBy(this IMetadata<V1ObjectMeta> item, IMetadata<V1ObjectMeta> owner)
        => item.ControllerRef()?.Uid == owner.Metadata.Uid;
}
