namespace MiniKube.Testbox;

/// <summary>Looking at and making files.</summary>
internal static class FileApplets
{
    public static int Cat(string[] args)
    {
        using var output = StandardStreams.Output();
        if (args.Length == 0)
        {
            using var input = StandardStreams.Input();
            input.CopyTo(output);
        }

        foreach (var path in args)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            file.CopyTo(output);
        }

        return 0;
    }

    public static int List(string[] args)
    {
        var details = args is ["-l", ..];
        var paths = details ? args[1..] : args;
        foreach (var path in paths is [] ? ["."] : paths)
        {
            FileSystemInfo[] entries = Directory.Exists(path)
                ? new DirectoryInfo(path).GetFileSystemInfos()
                : File.Exists(path) ? [new FileInfo(path)] : throw new FileNotFoundException($"{path}: no such file or directory");
            Array.Sort(entries, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            foreach (var entry in entries)
            {
                Output.Line(details ? Detailed(entry) : entry.Name);
            }
        }

        return 0;
    }

    public static int MakeDirectory(string[] args)
    {
        foreach (var path in args)
        {
            Directory.CreateDirectory(path);
        }

        return 0;
    }

    public static int Remove(string[] args)
    {
        var recursive = args is ["-r" or "-rf", ..];
        foreach (var path in recursive ? args[1..] : args)
        {
            if (recursive && Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else if (File.Exists(path))
            {
                File.Delete(path);
            }
            else
            {
                throw new FileNotFoundException($"{path}: no such file");
            }
        }

        return 0;
    }

    public static int Touch(string[] args)
    {
        foreach (var path in args)
        {
            new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
        }

        return 0;
    }

    public static int Test(string[] args)
    {
        var holds = args switch
        {
            ["-e", var path] => Path.Exists(path),
            ["-f", var path] => File.Exists(path),
            ["-d", var path] => Directory.Exists(path),
            _ => throw new UsageException("needs -e, -f or -d and a path"),
        };
        return holds ? 0 : 1;
    }

    private static string Detailed(FileSystemInfo entry)
    {
        var kind = entry.LinkTarget is not null ? 'l' : entry is DirectoryInfo ? 'd' : '-';
        var size = entry is FileInfo { LinkTarget: null } file ? file.Length : 0;
        var link = entry.LinkTarget is { } target ? $" -> {target}" : "";
        return $"{kind}{Convert.ToString((int)entry.UnixFileMode, 8),4} {size,10} {entry.Name}{link}";
    }
}
