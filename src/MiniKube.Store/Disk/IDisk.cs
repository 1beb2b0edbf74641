namespace MiniKube.Store;

/// <summary>
/// One directory of flat files: the only way the store touches a disk. What was written is safe from a crash only after
/// <see cref="IDiskFile.Flush"/>; that a file exists, or under which name, only after <see cref="SyncDirectory"/>.
/// Failures are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </summary>
internal interface IDisk
{
    /// <summary>How messages name a file.</summary>
    string PathOf(string name);

    /// <summary>Names of all files, in ordinal order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Bytes of a file, without opening it; 0 when it is not there.</summary>
    long LengthOf(string name);

    /// <summary>Makes a new, empty file; one of that name must not exist.</summary>
    IDiskFile Create(string name);

    /// <summary>Opens an existing file for reading and writing.</summary>
    IDiskFile Open(string name);

    /// <summary>Renames a file, replacing one that has the new name.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; fine when it is not there.</summary>
    void Delete(string name);

    /// <summary>Makes creations, renames and deletions so far safe from a crash.</summary>
    void SyncDirectory();

    /// <summary>Takes the directory for this instance until disposed.</summary>
    /// <exception cref="StoreException">Another instance has it; the message names its process.</exception>
    IDisposable Lock();
}

/// <summary>An open file. Not thread-safe.</summary>
internal interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads up to the buffer's size; fewer bytes only at the end of the file.</summary>
    int Read(Span<byte> buffer, long offset);

    void Write(ReadOnlySpan<byte> bytes, long offset);

    void SetLength(long length);

    /// <summary>Returns when everything written so far is on the disk itself.</summary>
    void Flush();
}
