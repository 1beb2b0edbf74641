using System.Formats.Tar;

namespace MiniKube.Testbox;

/// <summary>As much of tar as <c>kubectl cp</c> needs: directories, files and links, with their permissions but without owners.</summary>
internal sealed class TarApplet() : Applet(
    "tar", "cf - [-C DIR] PATH... | xf - [-m] [-C DIR]", "packs files to its output, or unpacks its input")
{
    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        var asked = TarArguments.Parse(args);
        if (asked.Extracts)
        {
            using var input = StandardStreams.Input();
            await ExtractAsync(input, asked, stopping);
            return 0;
        }

        using var output = new BufferedStream(StandardStreams.Output(), 1 << 16);
        await using var writer = new TarWriter(output, TarEntryFormat.Pax);
        foreach (var member in asked.Members)
        {
            await PackAsync(writer, Path.Combine(asked.Directory, member), member.Trim('/'), stopping);
        }

        return 0;
    }

    private static async Task PackAsync(TarWriter writer, string path, string name, CancellationToken stopping)
    {
        FileSystemInfo file = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (file.LinkTarget is { } target)
        {
            await writer.WriteEntryAsync(Described(new(TarEntryType.SymbolicLink, name) { LinkName = target }, file), stopping);
            return;
        }

        if (!file.Exists)
        {
            throw new FileNotFoundException($"{path}: no such file or directory");
        }

        if (file is FileInfo)
        {
            await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await writer.WriteEntryAsync(Described(new(TarEntryType.RegularFile, name) { DataStream = content }, file), stopping);
            return;
        }

        await writer.WriteEntryAsync(Described(new(TarEntryType.Directory, $"{name}/"), file), stopping);
        foreach (var child in Directory.GetFileSystemEntries(path))
        {
            await PackAsync(writer, child, $"{name}/{Path.GetFileName(child)}", stopping);
        }
    }

    private static PaxTarEntry Described(PaxTarEntry entry, FileSystemInfo file)
    {
        entry.Mode = file.UnixFileMode;
        entry.ModificationTime = file.LastWriteTimeUtc;
        return entry;
    }

    private static async Task ExtractAsync(Stream input, TarArguments asked, CancellationToken stopping)
    {
        var directory = Path.GetFullPath(asked.Directory);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"{directory}: no such directory");
        }

        await using var reader = new TarReader(input);
        while (await reader.GetNextEntryAsync(copyData: false, stopping) is { } entry)
        {
            await ExtractAsync(entry, directory, stopping);
            if (asked.TouchesFiles && entry.EntryType is not (TarEntryType.Directory or TarEntryType.SymbolicLink))
            {
                File.SetLastWriteTimeUtc(Inside(directory, entry.Name), TimeProvider.System.GetUtcNow().UtcDateTime);
            }
        }
    }

    private static async Task ExtractAsync(TarEntry entry, string directory, CancellationToken stopping)
    {
        var path = Inside(directory, entry.Name);
        if (entry.EntryType is TarEntryType.Directory)
        {
            Directory.CreateDirectory(path);
            File.SetUnixFileMode(path, entry.Mode);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        switch (entry.EntryType)
        {
            case TarEntryType.SymbolicLink:
                File.Delete(path);
                File.CreateSymbolicLink(path, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                File.Copy(Inside(directory, entry.LinkName), path, overwrite: true);
                break;
            default:
                await entry.ExtractToFileAsync(path, overwrite: true, stopping);
                break;
        }
    }

    private static string Inside(string directory, string name)
    {
        var path = Path.GetFullPath(Path.Combine(directory, name.Trim('/')));
        return path == directory || path.StartsWith(directory.TrimEnd('/') + '/', StringComparison.Ordinal)
            ? path
            : throw new IOException($"{name}: leads out of {directory}");
    }
}
