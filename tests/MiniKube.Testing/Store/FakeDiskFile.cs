using MiniKube.Store;

namespace MiniKube.Testing;

/// <summary>A file of a <see cref="FakeDisk"/> that somebody has open.</summary>
internal sealed class FakeDiskFile(FakeDisk disk, string name, FakeInode inode) : IDiskFile
{
    public long Length => inode.Length;

    public int Read(Span<byte> buffer, long offset)
    {
        disk.ThrowIfFaulty(DiskOperation.Read, name);
        return inode.Read(buffer, offset);
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        disk.ThrowIfFaulty(DiskOperation.Write, name);
        inode.Write(bytes, offset);
    }

    public void SetLength(long length)
    {
        disk.ThrowIfFaulty(DiskOperation.SetLength, name);
        inode.SetLength(length);
    }

    public void Flush()
    {
        disk.ThrowIfFaulty(DiskOperation.Flush, name);
        inode.Flush();
    }

    public void Dispose()
    {
        // Nothing to give back: closing a file neither flushes nor loses anything.
    }
}
