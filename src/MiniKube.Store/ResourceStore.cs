using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// The store on a local disk: a journal that every write waits for, an image now and then so that the journal stays
/// short, and everything in memory for reading. See docs/adr/0001-journal-and-image.md.
/// </summary>
public sealed partial class ResourceStore : IResourceStore
{
    private readonly IDisk _disk;
    private readonly StoreMemory _memory;
    private readonly Sequencer _sequencer;
    private readonly JournalFile _journal;
    private readonly ImageArchive _images;
    private readonly CommitLoop _commits;
    private readonly Expirer _expirer;
    private readonly IDisposable _directoryLock;
    private readonly DiskForm _form;
    private int _disposed;

    private ResourceStore(IDisk disk, StoreParts parts, IDisposable directoryLock, TimeProvider time, ILogger logger)
    {
        _disk = disk;
        _memory = parts.Memory;
        _journal = parts.Journal;
        _images = parts.Images;
        _form = parts.Form;
        _directoryLock = directoryLock;
        _sequencer = new Sequencer(parts.Newest, _memory, time);
        _expirer = new Expirer(_memory, _sequencer, time, logger);
        _commits = new CommitLoop(_sequencer, _journal, _memory, Committed, logger);
        _commits.Start();
        _expirer.Start();
    }

    /// <inheritdoc />
    public Revision Current => _memory.Snapshot.Current;

    /// <inheritdoc />
    public Revision Compacted => _memory.Snapshot.Compacted;

    /// <summary>Bytes of all files of the store now.</summary>
    public long DiskBytes => _disk.List().Sum(_disk.LengthOf);

    /// <summary>Everything that is durable now, held still for copying. Costs nothing until it is written out.</summary>
    public StoreCapture Capture() => new(_memory.Snapshot, _form);

    /// <summary>Opens the store, or makes a new one; it then has everything that was ever acknowledged.</summary>
    /// <exception cref="StoreException">The directory is in use or damaged; the message says what to do.</exception>
    /// <exception cref="IOException">The disk cannot be read or written.</exception>
    public static Task<ResourceStore> OpenAsync(
        StoreOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Task.Run(() => Open(new DirectoryDisk(options.Directory), options, time, loggers), cancellationToken);
    }

    /// <summary>True when something on the disk is not sealed with the key that writes now, as far as the start has read.</summary>
    public bool HasOldForms => _form.HasOldForms;

    /// <summary>
    /// Writes everything anew, as it is put down today, and drops what was there before: when this returns, no file needs a key that
    /// was not writing when it was called. Reads and writes go on meanwhile; a crash leaves the old files or the new ones.
    /// </summary>
    /// <exception cref="IOException">The disk does not take it; what was there is still good.</exception>
    public async Task RewriteAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var images = Task.CompletedTask;
        var upTo = Revision.Zero;
        await _sequencer.RunOnWriterAsync(() =>
        {
            upTo = Current;
            images = upTo == Revision.Zero ? images : _images.Rewrite(_memory.Snapshot);
        });
        await images;
        await _sequencer.RunOnWriterAsync(() => _journal.DropSealed(upTo));
    }

    /// <inheritdoc />
    public StoredObject? Find(ResourceKey key) => _memory.Snapshot[key.Resource].Find(key);

    /// <inheritdoc />
    public ListResult List(ListRequest request) => _memory.List(request);

    /// <inheritdoc />
    public ValueTask<StoredObject?> CreateAsync(ResourceKey key, ObjectDraft draft, CancellationToken cancellationToken)
    {
        // Only until the write has its place in history; from then on it happens, and the caller must hear so.
        cancellationToken.ThrowIfCancellationRequested();
        return _sequencer.CreateAsync(key, draft);
    }

    /// <inheritdoc />
    public ValueTask<StoredObject?> UpdateAsync(
        ResourceKey key, Revision expected, ObjectDraft draft, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _sequencer.UpdateAsync(key, expected, draft);
    }

    /// <inheritdoc />
    public ValueTask<StoredObject?> DeleteAsync(ResourceKey key, Revision expected, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _sequencer.DeleteAsync(key, expected);
    }

    /// <inheritdoc />
    public IAsyncEnumerable<WatchBatch> WatchAsync(KeyRange range, Revision after, CancellationToken cancellationToken)
        => _memory.WatchAsync(range, after, cancellationToken);

    /// <summary>
    /// See <see cref="IResourceStore.CompactAsync"/>. A restart may bring back history that the journal still has.
    /// </summary>
    public ValueTask CompactAsync(Revision upTo, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _memory.Compact(upTo);
        return ValueTask.CompletedTask;
    }

    /// <summary>Finishes the writes that wait, ends all watches and frees the directory. Safe to call twice.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _expirer.DisposeAsync();
        await Task.Run(() => _commits.Stop(ClosedStore.Error()));
        await _images.DisposeAsync();
        _memory.Dispose();
        _journal.Dispose();
        _sequencer.Dispose();
        _directoryLock.Dispose();
    }

    internal static ResourceStore Open(IDisk disk, StoreOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<ResourceStore>();
        var directoryLock = disk.Lock();
        try
        {
            var started = time.GetTimestamp();
            var parts = StoreParts.Recover(disk, options, time, logger);
            Log.Opened(logger, disk.PathOf(""), parts.Newest.Revision, time.GetElapsedTime(started).TotalMilliseconds);
            return new ResourceStore(disk, parts, directoryLock, time, logger);
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    private void Committed(IReadOnlyList<Change> changes)
    {
        _expirer.Note(changes);
        _images.Consider(_memory.Snapshot);
    }

    private static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Debug, "Store {Directory} is at revision {Revision}, read in {Milliseconds:F0} ms")]
        public static partial void Opened(ILogger logger, string directory, Revision revision, double milliseconds);
    }
}
