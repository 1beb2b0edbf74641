using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// How the versions of a kind show one stored object. Made once and kept with the object. Thread-safe; two readers may both make one,
/// one of the two is kept.
/// </summary>
internal sealed class VersionViews
{
    // Versions of a kind that are asked for at the same time, and some that were replaced a moment ago.
    private const int KeptMax = 8;

    private ImmutableArray<Shown> _known = [];

    public static VersionViews Of(StoredObject stored) => stored.Versions(static _ => new VersionViews());

    public Shown? Find(VersionedDefinition definition)
    {
        foreach (var one in _known.AsSpan())
        {
            if (one.Definition == definition)
            {
                return one;
            }
        }

        return null;
    }

    public static async ValueTask<StoredObject> ShowAsync(
        VersionedDefinition definition, StoredObject stored, CancellationToken cancellationToken)
        => (await ShowAsync(definition, (IReadOnlyList<StoredObject>)[stored], cancellationToken))[0];

    /// <summary>All of them; those that must be converted in one call.</summary>
    public static async ValueTask<IReadOnlyList<StoredObject>> ShowAsync(
        VersionedDefinition definition, IReadOnlyList<StoredObject> stored, CancellationToken cancellationToken)
    {
        var missing = stored.Where(one => Of(one).Find(definition) is null).ToList();
        if (missing.Count > 0)
        {
            var converted = await definition.ConvertAsync(missing, cancellationToken);
            for (var index = 0; index < missing.Count; index++)
            {
                Keep(definition, missing[index], converted[index]);
            }
        }

        return [.. stored.Select(one => Of(one).Find(definition)!.Object)];
    }

    private static void Keep(VersionedDefinition definition, StoredObject stored, IKubernetesObject<V1ObjectMeta> item)
    {
        item.Metadata.ResourceVersion = stored.Revision.ToString();
        var owners = StoredOwners.Of(stored);
        var plain = definition.Encode(item);
        var json = owners.IsEmpty ? plain : StoredOwners.Insert(plain, owners.Span);
        var shown = json.AsSpan().SequenceEqual(stored.Json.Span)
            ? stored
            : new StoredObject(stored.Key, stored.Revision, stored.Created, json, CanonicalJson.RevisionOffset(json))
            {
                Expires = stored.Expires,
            };
        var entry = new Shown(definition, shown, new ObjectView(shown, definition));
        Of(stored).Add(entry);
        if (shown != stored)
        {
            Of(shown).Add(entry);
        }
    }

    private void Add(Shown entry) => ImmutableInterlocked.Update(
        ref _known,
        static (known, added) => [.. known.Where(one => one.Definition != added.Definition).TakeLast(KeptMax - 1), added],
        entry);

    /// <summary>The object as one version shows it.</summary>
    internal sealed record Shown(VersionedDefinition Definition, StoredObject Object, ObjectView View);
}
