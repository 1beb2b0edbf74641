using System.Globalization;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// A directory whose files change all at once: the files are in a new hidden directory, <c>..data</c> is a link to it that is
/// swapped by a rename, and the visible names are links through it. A reader sees the old set or the new one.
/// </summary>
internal sealed class AtomicDirectory(string path, TimeProvider time)
{
    private const string DataLink = "..data";
    private const string NewDataLink = "..data_tmp";

    /// <summary>Makes the directory hold exactly these files. Does nothing when it does already.</summary>
    public void Write(IReadOnlyList<VolumeFile> files)
    {
        Directory.CreateDirectory(path);
        var old = new FileInfo(Path.Combine(path, DataLink)).LinkTarget;
        if (old is not null && Holds(Path.Combine(path, old), files))
        {
            return;
        }

        var name = $"..{time.GetUtcNow().ToString("yyyy_MM_dd_HH_mm_ss", CultureInfo.InvariantCulture)}.{Guid.NewGuid():N}";
        WriteFiles(Path.Combine(path, name), files);
        var link = Path.Combine(path, NewDataLink);
        File.Delete(link);
        File.CreateSymbolicLink(link, name);
        HostFiles.Replace(link, Path.Combine(path, DataLink));
        LinkVisible(files);
        if (old is not null)
        {
            Directory.Delete(Path.Combine(path, old), recursive: true);
        }
    }

    private static bool Holds(string directory, IReadOnlyList<VolumeFile> files)
        => Directory.Exists(directory)
            && Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Count() == files.Count
            && files.All(file => File.Exists(Path.Combine(directory, file.Path))
                && File.ReadAllBytes(Path.Combine(directory, file.Path)).AsSpan().SequenceEqual(file.Bytes.Span));

    private static void WriteFiles(string directory, IReadOnlyList<VolumeFile> files)
    {
        Directory.CreateDirectory(directory);
        foreach (var file in files)
        {
            var full = Path.Combine(directory, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, file.Bytes.Span);
            File.SetUnixFileMode(full, (UnixFileMode)file.Mode);
        }
    }

    private void LinkVisible(IReadOnlyList<VolumeFile> files)
    {
        var names = files.Select(file => file.Path.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            if (!entry.Name.StartsWith("..", StringComparison.Ordinal) && !names.Contains(entry.Name))
            {
                entry.Delete();
            }
        }

        foreach (var name in names.Where(name => new FileInfo(Path.Combine(path, name)).LinkTarget is null))
        {
            File.CreateSymbolicLink(Path.Combine(path, name), $"{DataLink}/{name}");
        }
    }
}
