using System.Collections.Frozen;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Finds a kind by what a URL names, or by its model. Thread-safe.</summary>
internal sealed class ResourceIndex(IReadOnlyCollection<ResourceDefinition> definitions)
{
    private readonly FrozenDictionary<Gvr, ResourceDefinition> _byGvr = definitions.ToFrozenDictionary(one => one.Gvr);
    private readonly FrozenDictionary<Type, ResourceDefinition> _byType = definitions.ToFrozenDictionary(
        one => one.ObjectType);

    public IReadOnlyCollection<ResourceDefinition> All => _byGvr.Values;

    public ResourceDefinition? Find(Gvr gvr) => _byGvr.GetValueOrDefault(gvr);

    public ResourceDefinition Get(Type model)
        => _byType.GetValueOrDefault(model)
            ?? throw new InvalidOperationException($"{model.Name} is not in the resource catalog");
}
