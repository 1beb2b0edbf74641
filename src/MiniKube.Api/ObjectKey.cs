namespace MiniKube.Api;

/// <summary>
/// Namespace and name of one object. <see cref="Namespace"/> is empty for cluster-scoped kinds, never null.
/// </summary>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>The key of a cluster-scoped object.</summary>
    public static ObjectKey Cluster(string name) => new("", name);

    /// <summary><c>namespace/name</c>, or the bare name when there is no namespace.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
