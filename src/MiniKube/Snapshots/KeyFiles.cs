using System.Text.Json;

namespace MiniKube;

/// <summary>
/// The cluster's keys and tokens in a data directory: with them a restored cluster is the one its nodes and admins know.
/// </summary>
internal static class KeyFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Files, and directories with all that is in them, below the data directory.</summary>
    public static IReadOnlyList<string> Names { get; } = ["pki", "node-token", SecretKeyFile.Name];

    /// <summary>All of them as one block of bytes.</summary>
    public static byte[] Pack(string root)
    {
        var files = Names.SelectMany(name => FilesOf(root, name))
            .ToDictionary(path => Path.GetRelativePath(root, path), File.ReadAllBytes);
        return JsonSerializer.SerializeToUtf8Bytes(files, SnapshotJson.Default.DictionaryStringByteArray);
    }

    /// <summary>The files of such a block by their path below the data directory.</summary>
    /// <exception cref="InvalidDataException">It is no such block.</exception>
    public static IReadOnlyDictionary<string, byte[]> Unpack(ReadOnlySpan<byte> packed)
    {
        try
        {
            var files = JsonSerializer.Deserialize(packed, SnapshotJson.Default.DictionaryStringByteArray) ?? [];
            return files.Keys.All(IsOurs) ? files : throw new InvalidDataException("the keys would go to places that are not theirs");
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException($"the keys cannot be read: {damaged.Message}", damaged);
        }
    }

    /// <summary>Writes them below a directory, for the owner only, each on the disk when this returns.</summary>
    public static void Write(string root, IReadOnlyDictionary<string, byte[]> files)
    {
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(root, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
            DurableFile.Write(path, content);
        }
    }

    private static IEnumerable<string> FilesOf(string root, string name)
    {
        var path = Path.Combine(root, name);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(static file => !file.EndsWith(".partial", StringComparison.Ordinal))
            : File.Exists(path) ? [path] : [];
    }

    private static bool IsOurs(string name)
        => Path.GetFullPath(name, "/") == $"/{name}" && Names.Contains(name.Split('/')[0]);
}
