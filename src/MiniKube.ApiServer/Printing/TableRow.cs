using k8s;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>How much of the object travels with its row: <c>includeObject</c> of the request.</summary>
internal enum IncludeObject
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The metadata, as PartialObjectMetadata. The default.</summary>
    Metadata,

    /// <summary>All of it.</summary>
    Object,
}

/// <summary>An object to print: its typed form for the cells, its canonical bytes for the object beside them.</summary>
internal readonly record struct TableRow(IKubernetesObject<V1ObjectMeta> Item, ReadOnlyMemory<byte> Json);

/// <summary>What a list says about itself; null and empty members are left out.</summary>
internal readonly record struct TableMetadata(string ResourceVersion, string? Continue = null, long? RemainingItemCount = null);
