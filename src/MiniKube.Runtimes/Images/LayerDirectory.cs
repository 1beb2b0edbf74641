using System.Globalization;

namespace MiniKube.Runtimes;

/// <summary>
/// Unpacked layers, each once however many images share it, in a directory named by its digest. A directory under its final name
/// is complete.
/// </summary>
internal sealed class LayerDirectory
{
    // 112 bits: enough to tell layers apart, and short enough for 127 of them in one page of mount options.
    private const int NameLength = 28;

    private readonly string _unfinished;

    public LayerDirectory(string directory)
    {
        Root = Directory.CreateDirectory(directory).FullName;
        _unfinished = Path.Combine(Root, "unfinished");
        if (Directory.Exists(_unfinished))
        {
            Directory.Delete(_unfinished, recursive: true); // Left by a crash.
        }
    }

    /// <summary>Where the layers are.</summary>
    public string Root { get; }

    /// <summary>The layer's directory below <see cref="Root"/>.</summary>
    public static string NameOf(string diffId) => BlobDirectory.HexOf(diffId)[..NameLength];

    public bool Contains(string diffId) => Directory.Exists(Path.Combine(Root, NameOf(diffId)));

    /// <summary>The bytes of the layer's files.</summary>
    public long BytesOf(string diffId)
        => long.Parse(File.ReadAllText(SizePath(NameOf(diffId))), CultureInfo.InvariantCulture);

    /// <summary>Unpacks a layer from its tar, compressed or not.</summary>
    /// <exception cref="InvalidDataException">It is not the layer of that digest, or no tar.</exception>
    public async Task AddAsync(string diffId, Stream blob, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(_unfinished, $"{NameOf(diffId)}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(directory);
        try
        {
            await using var tar = new HashingStream(await Compression.OpenAsync(blob, cancellationToken));
            using var unpacker = new LayerUnpacker(directory);
            await unpacker.UnpackAsync(tar, cancellationToken);
            var actual = await tar.DigestAsync(cancellationToken);
            if (actual != diffId)
            {
                throw new InvalidDataException($"a layer has the digest {actual} instead of {diffId}");
            }

            Publish(directory, NameOf(diffId), unpacker.Bytes);
        }
        catch
        {
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Removes every layer not named.</summary>
    public void RemoveAllBut(IReadOnlySet<string> diffIds)
    {
        var kept = diffIds.Select(NameOf).ToHashSet();
        foreach (var path in Directory.EnumerateDirectories(Root))
        {
            if (!kept.Contains(Path.GetFileName(path)) && path != _unfinished)
            {
                Directory.Delete(path, recursive: true);
                File.Delete(SizePath(Path.GetFileName(path)));
            }
        }
    }

    private void Publish(string directory, string name, long bytes)
    {
        var final = Path.Combine(Root, name);
        if (Directory.Exists(final))
        {
            Directory.Delete(directory, recursive: true); // Somebody else unpacked the same meanwhile.
            return;
        }

        DurableFile.Write(SizePath(name), System.Text.Encoding.ASCII.GetBytes(bytes.ToString(CultureInfo.InvariantCulture)));
        Directory.Move(directory, final);
    }

    private string SizePath(string name) => Path.Combine(Root, $"{name}.size");
}
