using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;

namespace MiniKube.Runtimes;

/// <summary>
/// The files of an image archive, spooled to a directory because the list of what they are may come last. Dispose removes them.
/// </summary>
internal sealed class ImageArchive : IDisposable
{
    private const int DocumentBytesMax = 8 * 1024 * 1024;

    private readonly string _directory;
    private readonly Dictionary<string, string> _files = [];

    private ImageArchive(string directory) => _directory = Directory.CreateDirectory(directory).FullName;

    public static async Task<ImageArchive> SpoolAsync(Stream archive, string directory, CancellationToken cancellationToken)
    {
        var spooled = new ImageArchive(directory);
        try
        {
            await spooled.ReadAsync(archive, cancellationToken);
            return spooled;
        }
        catch
        {
            spooled.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => _files.ContainsKey(name);

    public Stream Open(string name)
        => _files.TryGetValue(name, out var path)
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 65_536)
            : throw new InvalidDataException($"the archive has no {name}");

    /// <summary>The bytes of a document.</summary>
    public byte[] Read(string name)
    {
        using var file = Open(name);
        if (file.Length > DocumentBytesMax)
        {
            throw new InvalidDataException($"{name} is too large for what it should be");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The document named by a digest, verified.</summary>
    public OciManifest ReadManifest(string digest)
    {
        var bytes = Read(BlobName(digest));
        return BlobDirectory.DigestOf(bytes) == digest
            ? JsonSerializer.Deserialize(bytes, ImageJson.Default.OciManifest) ?? throw new InvalidDataException("a manifest is empty")
            : throw new InvalidDataException($"the archive's blob {digest} is damaged");
    }

    public static string BlobName(string digest) => $"blobs/sha256/{BlobDirectory.HexOf(digest)}";

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task ReadAsync(Stream archive, CancellationToken cancellationToken)
    {
        await using var tar = await Compression.OpenAsync(archive, cancellationToken);
        await using var reader = new TarReader(tar);
        var links = new List<(string Name, string Target)>();
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            {
                links.Add((Normalize(entry.Name), ResolveLink(entry)));
            }
            else if (entry.DataStream is { } content)
            {
                _files[Normalize(entry.Name)] = await SpoolAsync(content, cancellationToken);
            }
        }

        // Old archives hold a layer that several images share once, and links to it.
        foreach (var (name, target) in links.Where(link => _files.ContainsKey(link.Target)))
        {
            _files[name] = _files[target];
        }
    }

    private async Task<string> SpoolAsync(Stream content, CancellationToken cancellationToken)
    {
        // The archive's names never become paths.
        var path = Path.Combine(_directory, RandomNumberGenerator.GetHexString(16, lowercase: true));
        await using var file = File.Create(path);
        await content.CopyToAsync(file, cancellationToken);
        return path;
    }

    private static string ResolveLink(TarEntry entry)
    {
        var directory = entry.EntryType is TarEntryType.SymbolicLink ? Path.GetDirectoryName(entry.Name) ?? "" : "";
        return Path.GetFullPath(Path.Combine("/", directory, entry.LinkName))[1..];
    }

    private static string Normalize(string name) => Path.GetFullPath(Path.Combine("/", name))[1..];
}
