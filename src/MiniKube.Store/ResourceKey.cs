using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Where an object lives: the group-resource (<c>pods</c>, <c>deployments.apps</c>; one storage for all versions), the
/// namespace (empty for cluster-scoped kinds) and the name. Ordered by resource, namespace, name, ordinal: list order.
/// </summary>
public readonly record struct ResourceKey(string Resource, string Namespace, string Name) : IComparable<ResourceKey>
{
    /// <summary>Namespace and name, without the resource.</summary>
    public ObjectKey Object => new(Namespace, Name);

    /// <inheritdoc />
    public int CompareTo(ResourceKey other)
    {
        var byResource = string.CompareOrdinal(Resource, other.Resource);
        if (byResource != 0)
        {
            return byResource;
        }

        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <inheritdoc />
    public override string ToString()
        => Namespace.Length == 0 ? $"/{Resource}/{Name}" : $"/{Resource}/{Namespace}/{Name}";
}

/// <summary>All objects of one resource, or of one resource in one namespace; null means every namespace.</summary>
public readonly record struct KeyRange(string Resource, string? Namespace = null)
{
    /// <summary>True when the key lies in the range.</summary>
    public bool Contains(in ResourceKey key)
        => key.Resource == Resource && (Namespace is null || key.Namespace == Namespace);
}
