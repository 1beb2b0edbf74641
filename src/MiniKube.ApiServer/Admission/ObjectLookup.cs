using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Typed reads of what is stored, without authorization: for the server's own rules. Objects are shared and read-only.
/// </summary>
internal sealed class ObjectLookup(IResourceStore store, ResourceIndex resources)
{
    /// <summary>The object now, or null.</summary>
    public T? Find<T>(ObjectKey key)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var definition = resources.Get(typeof(T));
        var stored = store.Find(new ResourceKey(definition.StoredAs, key.Namespace, key.Name));
        return stored is null ? null : (T)definition.View(stored).Item;
    }

    /// <summary>An object of any kind now, as it is stored, or null.</summary>
    public StoredObject? Find(ResourceDefinition definition, ObjectKey key)
        => store.Find(new ResourceKey(definition.StoredAs, key.Namespace, key.Name));

    /// <summary>All objects of any kind now, as they are stored.</summary>
    public IReadOnlyList<StoredObject> List(ResourceDefinition definition, string? inNamespace)
        => store.List(new ListRequest(new KeyRange(definition.StoredAs, inNamespace))).Objects;

    /// <summary>The uid of the object now, or null.</summary>
    public string? UidOf(Type kind, ObjectKey key)
    {
        var definition = resources.Get(kind);
        return store.Find(new ResourceKey(definition.StoredAs, key.Namespace, key.Name)) is { } stored
            ? definition.View(stored).Item.Metadata.Uid
            : null;
    }

    /// <summary>All objects of the kind now, in one namespace or (null) everywhere.</summary>
    public IEnumerable<T> List<T>(string? inNamespace)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var definition = resources.Get(typeof(T));
        var page = store.List(new ListRequest(new KeyRange(definition.StoredAs, inNamespace)));
        return page.Objects.Select(stored => (T)definition.View(stored).Item);
    }
}
