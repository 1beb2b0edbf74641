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
        var stored = store.Find(new ResourceKey(definition.Gvr.GroupResource, key.Namespace, key.Name));
        return stored is null ? null : (T)definition.View(stored).Item;
    }

    /// <summary>The uid of the object now, or null.</summary>
    public string? UidOf(Type kind, ObjectKey key)
    {
        var definition = resources.Get(kind);
        return store.Find(new ResourceKey(definition.Gvr.GroupResource, key.Namespace, key.Name)) is { } stored
            ? definition.View(stored).Item.Metadata.Uid
            : null;
    }

    /// <summary>All objects of the kind now, in one namespace or (null) everywhere.</summary>
    public IEnumerable<T> List<T>(string? inNamespace)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var definition = resources.Get(typeof(T));
        var page = store.List(new ListRequest(new KeyRange(definition.Gvr.GroupResource, inNamespace)));
        return page.Objects.Select(stored => (T)definition.View(stored).Item);
    }
}
