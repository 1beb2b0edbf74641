namespace MiniKube;

/// <summary>Small files that only the owner may read and that are on the disk when the call returns.</summary>
internal static class DurableFile
{
    /// <summary>Makes a new file that only the owner may read.</summary>
    public static FileStream Create(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = Create(path);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
