using MiniKube.Store;

namespace MiniKube.Testing;

/// <summary>
/// A disk in memory that can lose power. What was not flushed is then kept or lost sector by sector, in any order;
/// names that were not synced are those of some moment since the last sync. Thread-safe.
/// </summary>
internal sealed class FakeDisk : IDisk
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, FakeInode> _names = new(StringComparer.Ordinal);
    private readonly List<Action<IDictionary<string, FakeInode>>> _unsynced = [];
    private Dictionary<string, FakeInode> _durableNames = [];
    private bool _locked;

    /// <summary>Asked before every operation; an exception it returns is what the operation ends with.</summary>
    public Func<DiskOperation, string, Exception?> Fault { get; set; } = (_, _) => null;

    /// <summary>All bytes of all files.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _names.Values.Sum(static inode => (long)inode.Content.Length);
            }
        }
    }

    public string PathOf(string name) => $"/fake/{name}";

    public IReadOnlyList<string> List()
    {
        lock (_gate)
        {
            return [.. _names.Keys];
        }
    }

    public long LengthOf(string name)
    {
        lock (_gate)
        {
            return _names.TryGetValue(name, out var inode) ? inode.Content.Length : 0;
        }
    }

    public IDiskFile Create(string name)
    {
        ThrowIfFaulty(DiskOperation.Create, name);
        lock (_gate)
        {
            if (_names.ContainsKey(name))
            {
                throw new IOException($"{name} exists");
            }

            var inode = new FakeInode(_gate, []);
            ChangeLocked(names => names[name] = inode);
            return new FakeDiskFile(this, name, inode);
        }
    }

    public IDiskFile Open(string name)
    {
        ThrowIfFaulty(DiskOperation.Open, name);
        lock (_gate)
        {
            return _names.TryGetValue(name, out var inode)
                ? new FakeDiskFile(this, name, inode)
                : throw new FileNotFoundException(name);
        }
    }

    public void Rename(string from, string to)
    {
        ThrowIfFaulty(DiskOperation.Rename, from);
        lock (_gate)
        {
            var inode = _names[from];
            ChangeLocked(names =>
            {
                names.Remove(from);
                names[to] = inode;
            });
        }
    }

    public void Delete(string name)
    {
        ThrowIfFaulty(DiskOperation.Delete, name);
        lock (_gate)
        {
            ChangeLocked(names => names.Remove(name));
        }
    }

    public void SyncDirectory()
    {
        ThrowIfFaulty(DiskOperation.SyncDirectory, "");
        lock (_gate)
        {
            _durableNames = new Dictionary<string, FakeInode>(_names);
            _unsynced.Clear();
        }
    }

    public IDisposable Lock()
    {
        lock (_gate)
        {
            if (_locked)
            {
                throw new StoreException("/fake is in use by process 1; stop it or choose another data directory");
            }

            _locked = true;
            return new Unlocking(this);
        }
    }

    /// <summary>The disk as the machine may find it after losing power now.</summary>
    public FakeDisk Crashed(Random random) => Crashed(random, static () => { });

    /// <summary>
    /// The disk as the machine may find it after losing power now; from the note that is taken at that moment on, nothing
    /// more reaches it.
    /// </summary>
    public FakeDisk Crashed(Random random, Action note)
    {
        lock (_gate)
        {
            note();
            var names = new Dictionary<string, FakeInode>(_durableNames);
            foreach (var change in _unsynced.Take(random.Next(_unsynced.Count + 1)))
            {
                change(names);
            }

            return Of(names.ToDictionary(static pair => pair.Key, pair => pair.Value.Crashed(random)));
        }
    }

    /// <summary>The same files on another disk, all of them durable.</summary>
    public FakeDisk Copy()
    {
        lock (_gate)
        {
            return Of(_names.ToDictionary(static pair => pair.Key, static pair => pair.Value.Content));
        }
    }

    public byte[] ReadAll(string name)
    {
        lock (_gate)
        {
            return [.. _names[name].Content];
        }
    }

    /// <summary>Replaces or makes a file, durably.</summary>
    public void WriteAll(string name, byte[] content)
    {
        lock (_gate)
        {
            _names[name] = _durableNames[name] = new FakeInode(_gate, content);
        }
    }

    internal void ThrowIfFaulty(DiskOperation operation, string name)
    {
        if (Fault(operation, name) is { } error)
        {
            throw error;
        }
    }

    private static FakeDisk Of(Dictionary<string, byte[]> files)
    {
        var disk = new FakeDisk();
        foreach (var (name, content) in files)
        {
            disk.WriteAll(name, content);
        }

        return disk;
    }

    private void ChangeLocked(Action<IDictionary<string, FakeInode>> change)
    {
        change(_names);
        _unsynced.Add(change);
    }

    private sealed class Unlocking(FakeDisk disk) : IDisposable
    {
        public void Dispose() => disk._locked = false;
    }
}

/// <summary>What a fault can hit.</summary>
public enum DiskOperation
{
    Create,
    Open,
    Rename,
    Delete,
    SyncDirectory,
    Read,
    Write,
    SetLength,
    Flush,
}
