using System.Collections.Frozen;
using System.Collections.Immutable;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Finds a kind by what a URL names, or a built-in one by its model. The built-in kinds stay; custom ones come and go while the
/// server runs. Thread-safe: readers see the kinds before a change or after it, never a mixture.
/// </summary>
internal sealed class ResourceIndex(ImmutableArray<ResourceDefinition> builtIn)
{
    private readonly FrozenDictionary<Type, ResourceDefinition> _byType = builtIn.ToFrozenDictionary(one => one.ObjectType);
    private ResourceSnapshot _current = new(builtIn);

    /// <summary>The kinds there are now.</summary>
    public ResourceSnapshot Current => Volatile.Read(ref _current);

    public ResourceDefinition? Find(Gvr gvr) => Current.Find(gvr);

    /// <exception cref="InvalidOperationException">No built-in kind has this model.</exception>
    public ResourceDefinition Get(Type model)
        => _byType.GetValueOrDefault(model)
            ?? throw new InvalidOperationException($"{model.Name} is not in the resource catalog");

    /// <summary>Replaces all custom kinds. Requests that begin after the return, and discovery and OpenAPI, see these.</summary>
    /// <exception cref="ArgumentException">Two kinds are served at the same place; nothing has changed.</exception>
    public void SetCustom(ImmutableArray<ResourceDefinition> custom)
        => Volatile.Write(ref _current, new ResourceSnapshot([.. builtIn, .. custom]));
}
