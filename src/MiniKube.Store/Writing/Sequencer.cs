using System.Diagnostics;
using System.Text;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Gives every write its place in history. Writes are checked against the newest one placed, durable or not, and queue
/// for the writer thread in that order. Thread-safe; never waits.
/// </summary>
internal sealed class Sequencer(NewestObjects newest, StoreMemory memory, TimeProvider time) : IDisposable
{
    // What waits for the disk may hold this much JSON: some seconds of a slow disk. Beyond it, writers are asked to
    // come back.
    private const long WaitingBytesMax = 64 * 1024 * 1024;

    /// <summary>
    /// The most JSON an object may have. 8 MiB: far above what the API lets in, far below a document of an image.
    /// </summary>
    public const int ObjectBytesMax = 8 * 1024 * 1024;

    // Lengths of names are written in two bytes.
    private const int NameBytesMax = ushort.MaxValue;

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _arrived = new(initialState: false);
    private List<PendingWrite> _waiting = [];
    private long _waitingBytes;
    private Exception? _refusal;

    public ValueTask<StoredObject?> CreateAsync(ResourceKey key, in ObjectDraft draft)
    {
        ThrowIfNotStorable(key);
        ThrowIfNotStorable(draft);
        lock (_gate)
        {
            ThrowIfRefusedLocked();
            if (newest.Find(key) is not null)
            {
                return NothingLocked();
            }

            var revision = newest.Revision.Next;
            var item = Stamp.Written(draft, key, revision, revision, Expiry(draft));
            return PlaceLocked(new StoreEvent(StoreEventType.Created, item, null));
        }
    }

    public ValueTask<StoredObject?> UpdateAsync(ResourceKey key, Revision expected, in ObjectDraft draft)
    {
        ThrowIfNotStorable(draft);
        lock (_gate)
        {
            ThrowIfRefusedLocked();
            if (newest.Find(key) is not { } last || last.Revision != expected)
            {
                return NothingLocked();
            }

            var item = Stamp.Written(draft, last.Key, newest.Revision.Next, last.Created, Expiry(draft));
            return PlaceLocked(new StoreEvent(StoreEventType.Modified, item, last));
        }
    }

    public ValueTask<StoredObject?> DeleteAsync(ResourceKey key, Revision expected)
    {
        lock (_gate)
        {
            ThrowIfRefusedLocked();
            if (newest.Find(key) is not { } last || last.Revision != expected)
            {
                return NothingLocked();
            }

            return PlaceLocked(new StoreEvent(StoreEventType.Deleted, Stamp.Deleted(last, newest.Revision.Next), last));
        }
    }

    /// <summary>Has the writer thread do something once everything placed so far is durable; ends when it is done.</summary>
    public async Task RunOnWriterAsync(Action action)
    {
        ValueTask<StoredObject?> done;
        lock (_gate)
        {
            ThrowIfRefusedLocked();
            done = EnqueueLocked(new PendingWrite(change: null, action));
        }

        await done;
    }

    /// <summary>
    /// Everything that waits, at least one; null when writes are refused and none is left. Blocks; for the writer
    /// thread.
    /// </summary>
    public List<PendingWrite>? TakeWaiting()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_waiting.Count > 0)
                {
                    var taken = _waiting;
                    _waiting = new List<PendingWrite>(taken.Count);
                    _waitingBytes = 0;
                    return taken;
                }

                if (_refusal is not null)
                {
                    return null;
                }
            }

            _arrived.WaitOne();
        }
    }

    /// <summary>
    /// Refuses writes from now on with this error; the first one stays. Writes that wait are not touched.
    /// </summary>
    public void Refuse(Exception error)
    {
        lock (_gate)
        {
            _refusal ??= error;
        }

        _arrived.Set();
    }

    public void Dispose() => _arrived.Dispose();

    private static void ThrowIfNotStorable(in ResourceKey key)
    {
        if (Encoding.UTF8.GetByteCount(key.Resource) > NameBytesMax
            || Encoding.UTF8.GetByteCount(key.Namespace) > NameBytesMax
            || Encoding.UTF8.GetByteCount(key.Name) > NameBytesMax)
        {
            throw new ArgumentException($"a part of the key is longer than {NameBytesMax} bytes", nameof(key));
        }
    }

    private static void ThrowIfNotStorable(in ObjectDraft draft)
    {
        Stamp.ThrowIfNotStampable(draft);
        if (draft.Json.Length > ObjectBytesMax)
        {
            throw new ApiException(
                StatusReason.RequestEntityTooLarge,
                $"the object has {draft.Json.Length} bytes of JSON, the store takes {ObjectBytesMax}");
        }
    }

    private DateTimeOffset? Expiry(in ObjectDraft draft)
        => draft.TimeToLive is { } life ? time.GetUtcNow() + life : null;

    private void ThrowIfRefusedLocked()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (_refusal is not null)
        {
            // Thrown anew for every caller, so that they do not share a stack trace.
            throw _refusal is ApiException error ? new ApiException(error.Reason, error.Message) : _refusal;
        }

        if (_waitingBytes > WaitingBytesMax)
        {
            throw new ApiException(StatusReason.TooManyRequests, "the disk does not keep up with the writes; try again")
            {
                RetryAfterSeconds = 1,
            };
        }
    }

    private ValueTask<StoredObject?> PlaceLocked(StoreEvent written)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        _waitingBytes += written.Object.Json.Length;
        return EnqueueLocked(new PendingWrite(newest.Apply(written)));
    }

    /// <summary>
    /// "No" because of what is there. If that is not durable yet, the caller could not see it by reading and would try
    /// again at once, so the answer waits for the disk too.
    /// </summary>
    private ValueTask<StoredObject?> NothingLocked()
        => memory.Snapshot.Current == newest.Revision ? default : EnqueueLocked(new PendingWrite(null));

    private ValueTask<StoredObject?> EnqueueLocked(PendingWrite write)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        _waiting.Add(write);
        if (_waiting.Count == 1)
        {
            _arrived.Set();
        }

        return write.Task;
    }
}
