using MiniKube.Store;

namespace MiniKube;

/// <summary>
/// A directory of snapshots. One is written under another name and renamed when it is whole, so that whatever ends in
/// <see cref="Ending"/> was finished. Several servers may share a directory.
/// </summary>
internal sealed class SnapshotFolder(string path)
{
    public const string Ending = ".snapshot";

    private const string PartialEnding = ".snapshot-partial";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Path { get; } = path;

    /// <summary>Where the snapshots of a data directory are, unless told otherwise.</summary>
    public static string Of(string dataDirectory) => System.IO.Path.Combine(dataDirectory, "snapshots");

    /// <summary>All snapshots, oldest first; those that cannot be read come last.</summary>
    public IReadOnlyList<SnapshotFile> List()
        => Directory.Exists(Path)
            ? [.. Directory.EnumerateFiles(Path, $"*{Ending}").Select(Describe)
                .OrderBy(static one => one.Manifest?.Taken ?? DateTimeOffset.MaxValue)
                .ThenBy(static one => one.Path, StringComparer.Ordinal)]
            : [];

    /// <summary>A snapshot by its name, with or without ending.</summary>
    /// <exception cref="CommandException">There is none of that name, or it is no name.</exception>
    public string Find(string name)
    {
        var file = System.IO.Path.Combine(Path, FileNameOf(name));
        return File.Exists(file)
            ? file
            : throw new CommandException($"there is no snapshot '{name}' in {Path}; 'minikube snapshot list' shows those there are");
    }

    /// <summary>Makes a snapshot that appears under its name when <paramref name="write"/> has returned, or not at all.</summary>
    /// <exception cref="CommandException">The name is taken, or is no name.</exception>
    public SnapshotFile Add(string name, Func<FileStream, SnapshotManifest> write)
    {
        var final = System.IO.Path.Combine(Path, FileNameOf(name));
        if (File.Exists(final))
        {
            throw new CommandException($"there is a snapshot '{name}' in {Path} already; choose another --name, or delete it");
        }

        Directory.CreateDirectory(Path, OwnerOnly);
        RemoveAbandoned();
        var partial = System.IO.Path.Combine(Path, $"{Guid.NewGuid():n}{PartialEnding}");
        try
        {
            SnapshotManifest manifest;
            long bytes;
            using (var file = DurableFile.Create(partial))
            {
                manifest = write(file);
                bytes = file.Length;
            }

            File.Move(partial, final, overwrite: false);
            DirectorySync.Sync(Path);
            return new SnapshotFile(final, bytes, manifest, null);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Deletes for good.</summary>
    public void Delete(IEnumerable<SnapshotFile> snapshots)
    {
        foreach (var snapshot in snapshots)
        {
            File.Delete(snapshot.Path);
        }

        DirectorySync.Sync(Path);
    }

    private static string FileNameOf(string name)
    {
        var bare = name.EndsWith(Ending, StringComparison.Ordinal) ? name[..^Ending.Length] : name;
        return bare.Length is > 0 and <= 200 && bare[0] != '.' && !bare.Any(static c => c is '/' or '\\' || char.IsControl(c))
            ? bare + Ending
            : throw CommandException.Usage(
                $"'{name}' is not a name for a snapshot: up to 200 characters, no slash, not beginning with a dot");
    }

    private static SnapshotFile Describe(string path)
    {
        var bytes = new FileInfo(path).Length;
        try
        {
            return new SnapshotFile(path, bytes, SnapshotReader.Peek(path), null);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new SnapshotFile(path, bytes, null, damaged.Message);
        }
    }

    // The kernel drops the lock of a file with the process that wrote it: one that can be taken was left by a crash.
    private void RemoveAbandoned()
    {
        foreach (var partial in Directory.EnumerateFiles(Path, $"*{PartialEnding}"))
        {
            try
            {
                using var abandoned = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                File.Delete(partial);
            }
            catch (IOException)
            {
                // Another process is writing it, or has just finished it.
            }
        }
    }
}
