using System.Collections.Frozen;
using System.Collections.Immutable;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The kinds the server has at one moment. Immutable; a change of kinds is another snapshot.</summary>
internal sealed class ResourceSnapshot
{
    private readonly FrozenDictionary<Gvr, ResourceDefinition> _byGvr;

    /// <exception cref="ArgumentException">Two kinds are served at the same place.</exception>
    public ResourceSnapshot(ImmutableArray<ResourceDefinition> all)
    {
        var twice = all.CountBy(one => one.Gvr).FirstOrDefault(one => one.Value > 1);
        if (twice.Value > 1)
        {
            throw new ArgumentException($"{twice.Key.ApiVersion} has two kinds called {twice.Key.Resource}", nameof(all));
        }

        All = all;
        _byGvr = all.ToFrozenDictionary(one => one.Gvr);
    }

    /// <summary>Every kind, in discovery order.</summary>
    public ImmutableArray<ResourceDefinition> All { get; }

    public ResourceDefinition? Find(Gvr gvr) => _byGvr.GetValueOrDefault(gvr);
}
