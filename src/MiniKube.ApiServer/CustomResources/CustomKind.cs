using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// A CustomResourceDefinition as it is served: all its versions, of which one is stored. Immutable; a change of the definition is
/// another one, and this is retired then.
/// </summary>
internal sealed class CustomKind
{
    private readonly CancellationTokenSource _retired = new();

    /// <exception cref="FormatException">A schema cannot be read.</exception>
    public CustomKind(V1CustomResourceDefinition source, V1CustomResourceDefinitionNames names, IObjectConverter converter)
    {
        Source = source;
        Names = names;
        Converter = converter;
        Versions = [.. VersionOrder.Of(source.Spec.Versions).Select(version => new CustomResource(this, version))];
    }

    public V1CustomResourceDefinition Source { get; }

    /// <summary>The names that were accepted; kind and plural are those of the definition.</summary>
    public V1CustomResourceDefinitionNames Names { get; }

    public IObjectConverter Converter { get; }

    /// <summary>Every version, also those that are not served, the one clients prefer first.</summary>
    public ImmutableArray<CustomResource> Versions { get; }

    public CustomResource Stored => Versions.First(static version => version.IsStored);

    /// <summary>No new objects: the kind is about to go.</summary>
    public bool IsTerminating => Source.Metadata.DeletionTimestamp is not null;

    /// <summary>Cancelled by <see cref="Retire"/>.</summary>
    public CancellationToken Retired => _retired.Token;

    /// <summary>Ends the watches of the kind.</summary>
    public void Retire() => _retired.Cancel();
}
