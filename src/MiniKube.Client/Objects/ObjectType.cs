using System.Reflection;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>What the model of a kind says about it: read once per type, on first use.</summary>
public static class ObjectType<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly KubernetesEntityAttribute Entity =
        typeof(T).GetCustomAttribute<KubernetesEntityAttribute>()
        ?? throw new InvalidOperationException($"{typeof(T).Name} does not say its group, version and kind");

    /// <summary>The resource a URL names.</summary>
    public static Gvr Gvr { get; } = new(Entity.Group ?? "", Entity.ApiVersion, Entity.PluralName);

    /// <summary>The kind objects name.</summary>
    public static Gvk Gvk { get; } = new(Entity.Group ?? "", Entity.ApiVersion, Entity.Kind);

    /// <summary>A reference by which an object says that it is managed by <paramref name="owner"/>.</summary>
    public static V1OwnerReference ControllerRefTo(T owner) => new()
    {
        ApiVersion = Gvk.ApiVersion,
        Kind = Gvk.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };
}
