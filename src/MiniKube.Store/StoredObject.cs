using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// One object at one revision. Immutable and shared by everyone who reads it: <see cref="Json"/> is exactly what the
/// journal, GET, LIST and WATCH carry. Compared by reference.
/// </summary>
public sealed class StoredObject
{
    private object? _view;
    private object? _frame;
    private object? _versions;

    /// <summary>
    /// Made by the store; <paramref name="revisionAt"/> is where the digits of the revision start in the JSON.
    /// </summary>
    public StoredObject(ResourceKey key, Revision revision, Revision created, ReadOnlyMemory<byte> json, int revisionAt)
    {
        Key = key;
        Revision = revision;
        Created = created;
        Json = json;
        RevisionAt = revisionAt;
    }

    /// <summary>Where the object lives.</summary>
    public ResourceKey Key { get; }

    /// <summary>The revision that wrote these bytes; also in them as <c>metadata.resourceVersion</c>.</summary>
    public Revision Revision { get; }

    /// <summary>The revision that created the object.</summary>
    public Revision Created { get; }

    /// <summary>Canonical UTF-8 JSON with the revision filled in.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Where the digits of the revision start in <see cref="Json"/>.</summary>
    public int RevisionAt { get; }

    /// <summary>When the store deletes the object; null keeps it for good.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>
    /// What readers derived from the bytes (labels, typed form), made on first use and kept as long as the object. One
    /// type of view for all callers: the API server owns it. Two threads may both make one; one of the two is kept.
    /// </summary>
    public TView View<TView>(Func<StoredObject, TView> make)
        where TView : class
        => Kept(ref _view, make);

    /// <summary>
    /// A second slot of the same kind, for the bytes of a watch frame: one frame serves every watcher of the event.
    /// </summary>
    public TFrame Frame<TFrame>(Func<StoredObject, TFrame> make)
        where TFrame : class
        => Kept(ref _frame, make);

    /// <summary>A third slot of the same kind, for how the versions of a kind show the object.</summary>
    public TVersions Versions<TVersions>(Func<StoredObject, TVersions> make)
        where TVersions : class
        => Kept(ref _versions, make);

    private T Kept<T>(ref object? slot, Func<StoredObject, T> make)
        where T : class
    {
        if (Volatile.Read(ref slot) is T known)
        {
            return known;
        }

        var made = make(this);
        return Interlocked.CompareExchange(ref slot, made, null) as T ?? made;
    }
}

/// <summary>
/// What a writer hands over: JSON whose <c>metadata.resourceVersion</c> is an empty string at
/// <paramref name="RevisionAt"/> (the offset between its quotes). The store puts the digits there once, when the write
/// gets its place in history.
/// </summary>
/// <param name="Json">Canonical UTF-8 JSON; the store copies it, so the buffer may be pooled.</param>
/// <param name="RevisionAt">Offset between the two quotes of the empty resourceVersion.</param>
/// <param name="TimeToLive">The store deletes the object after this long; null keeps it for good.</param>
public readonly record struct ObjectDraft(ReadOnlyMemory<byte> Json, int RevisionAt, TimeSpan? TimeToLive = null);
