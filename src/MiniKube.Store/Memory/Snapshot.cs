using System.Collections.Immutable;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Everything that is durable at one moment. Swapped whole; who holds one may read it for as long as they like.
/// </summary>
/// <param name="Current">The newest revision in it.</param>
/// <param name="Compacted">History is known after this revision.</param>
/// <param name="Resources">The objects by resource.</param>
/// <param name="LiveBytes">The JSON of all objects together.</param>
internal sealed record Snapshot(
    Revision Current, Revision Compacted, ImmutableDictionary<string, ObjectTree> Resources, long LiveBytes)
{
    public static Snapshot Empty { get; } =
        new(Revision.Zero, Revision.Zero, ImmutableDictionary<string, ObjectTree>.Empty, 0);

    public ObjectTree this[string resource] => Resources.GetValueOrDefault(resource, ObjectTree.Empty);

    /// <summary>The snapshot after further writes, in order.</summary>
    public Snapshot With(IReadOnlyList<Change> changes)
    {
        var resources = Resources.ToBuilder();
        var live = LiveBytes;
        foreach (var change in changes)
        {
            resources[change.Resource] = change.After;
            live += change.LiveBytes;
        }

        return this with
        {
            Current = changes[^1].Event.Object.Revision,
            Resources = resources.ToImmutable(),
            LiveBytes = live,
        };
    }
}
