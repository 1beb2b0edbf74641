using System.Collections.Immutable;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>The objects that a <see cref="StoreCapture"/> wrote, read back and checked, ready to become a store again.</summary>
public sealed class StoreContent
{
    private readonly Snapshot _snapshot;

    private StoreContent(Snapshot snapshot) => _snapshot = snapshot;

    /// <summary>How many objects there are.</summary>
    public int Objects => _snapshot.Resources.Values.Sum(static objects => objects.Count);

    /// <summary>Reads records to the end of the stream.</summary>
    /// <param name="input">What <see cref="StoreCapture.WriteTo"/> wrote.</param>
    /// <param name="revision">The revision of the capture: no object can be newer.</param>
    /// <param name="cancellationToken">Gives up between two objects.</param>
    /// <exception cref="InvalidDataException">It is not as it was written.</exception>
    public static StoreContent Read(Stream input, Revision revision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var resources = ImmutableDictionary.CreateBuilder<string, ObjectTree>();
        var live = 0L;
        ResourceKey? before = null;
        foreach (var record in new RecordStream(input).ReadAll())
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfImpossible(record, before, revision);
            before = record.Key;
            resources[record.Key.Resource]
                = resources.GetValueOrDefault(record.Key.Resource, ObjectTree.Empty).With(record.ToObject());
            live += record.Json.Length;
        }

        return new StoreContent(new Snapshot(revision, Compacted: revision, resources.ToImmutable(), live));
    }

    /// <summary>The same without the objects of one resource.</summary>
    public StoreContent Without(string resource)
        => new(_snapshot with { Resources = _snapshot.Resources.Remove(resource) });

    /// <summary>
    /// Makes the files of a store that has these objects and whose history begins after a revision: the next write gets
    /// the one that follows it, and whoever asks for what was before is told that it is gone, and lists again.
    /// </summary>
    /// <param name="directory">Where; made when missing, and must be empty.</param>
    /// <param name="at">The revision to go on from, not below the one the content is of.</param>
    /// <param name="cancellationToken">Gives up; what was written so far counts for nothing.</param>
    /// <exception cref="StoreException">There are files in the directory.</exception>
    public void CreateStore(string directory, Revision at, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(at.Value, _snapshot.Current.Value, nameof(at));
        var disk = new DirectoryDisk(directory);
        if (disk.List().Count > 0)
        {
            throw new StoreException($"{directory} has files in it; a store is only restored into an empty directory");
        }

        new ImageWriter(disk, DiskForm.Raw).Write(_snapshot with { Current = at, Compacted = at }, cancellationToken);
    }

    private static void ThrowIfImpossible(in ObjectRecord record, ResourceKey? before, Revision revision)
    {
        var json = record.Json.Span;
        if (record.Type != StoreEventType.Created
            || record.Revision > revision
            || record.Created > record.Revision
            || record.RevisionAt < 1
            || record.RevisionAt >= json.Length
            || (before is { } last && record.Key.CompareTo(last) <= 0))
        {
            throw new InvalidDataException($"{record.Key} cannot stand where it does");
        }
    }
}
