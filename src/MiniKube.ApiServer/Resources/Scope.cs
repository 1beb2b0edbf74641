namespace MiniKube.ApiServer;

/// <summary>Where objects of a kind live.</summary>
internal enum Scope
{
    /// <summary>In a namespace.</summary>
    Namespaced,

    /// <summary>In the cluster.</summary>
    Cluster,
}
