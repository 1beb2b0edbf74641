using System.IO.Compression;
using System.Text.Json;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube;

/// <summary>
/// A snapshot file whose checksum was found right. Reading a part checks it again, against the manifest. Every failure to
/// read it is an <see cref="InvalidDataException"/> that says what is wrong, without the file's name.
/// </summary>
internal sealed class SnapshotReader : IDisposable
{
    // Keys and settings; the objects are read as a stream.
    private const long SmallPartBytesMax = 16 * 1024 * 1024;

    private readonly FileStream _file;
    private readonly ZipArchive _archive;

    private SnapshotReader(FileStream file, ZipArchive archive)
    {
        _file = file;
        _archive = archive;
        Manifest = ReadManifest(archive);
    }

    public SnapshotManifest Manifest { get; }

    public static SnapshotReader Open(string path)
    {
        var file = File.OpenRead(path);
        try
        {
            return SnapshotArchive.IsWhole(file)
                ? new SnapshotReader(file, new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true))
                : throw new InvalidDataException("it is damaged or cut off: its checksum is not that of its content");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What the file says of itself, without reading all of it.</summary>
    public static SnapshotManifest Peek(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        return ReadManifest(archive);
    }

    /// <summary>A part that fits the memory.</summary>
    public byte[] ReadPart(string name) => Read(name, (part, stream) =>
    {
        if (part.Bytes > SmallPartBytesMax)
        {
            throw new InvalidDataException($"its part '{name}' has {part.Bytes} bytes, which is no such thing");
        }

        var content = new byte[part.Bytes];
        stream.ReadExactly(content);
        return content;
    });

    public StoreContent ReadObjects(CancellationToken cancellationToken)
    {
        var content = Read(
            SnapshotArchive.Objects, (_, stream) => StoreContent.Read(stream, new Revision(Manifest.Revision), cancellationToken));
        return content.Objects == Manifest.ObjectCount
            ? content
            : throw new InvalidDataException($"it has {content.Objects} of {Manifest.ObjectCount} objects");
    }

    public void Dispose()
    {
        _archive.Dispose();
        _file.Dispose();
    }

    private static SnapshotManifest ReadManifest(ZipArchive archive)
    {
        var entry = archive.GetEntry(SnapshotArchive.Manifest)
            ?? throw new InvalidDataException("it is no snapshot: it has no manifest");
        try
        {
            using var stream = entry.Open();
            var manifest = JsonSerializer.Deserialize(stream, SnapshotJson.Default.SnapshotManifest)
                ?? throw new InvalidDataException("its manifest is empty");
            return manifest.Format is >= 1 and <= SnapshotManifest.FormatVersion
                ? manifest
                : throw new InvalidDataException(
                    $"it has format {manifest.Format}, this version reads {SnapshotManifest.FormatVersion}; restore it with minikube "
                    + $"{manifest.Version}, which wrote it");
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException($"its manifest cannot be read: {damaged.Message}", damaged);
        }
    }

    private T Read<T>(string name, Func<SnapshotPart, Stream, T> read)
    {
        var part = Manifest.Parts.FirstOrDefault(one => one.Name == name);
        if (part is null || _archive.GetEntry(name) is not { } entry)
        {
            throw new InvalidDataException($"its part '{name}' is missing");
        }

        using var stream = entry.Open();
        using var hashing = new HashingStream(stream);
        try
        {
            var result = read(part, hashing);
            return hashing.Count == part.Bytes && hashing.Sha256 == part.Sha256
                ? result
                : throw new InvalidDataException($"its part '{name}' is damaged: its checksum is not the one in the manifest");
        }
        catch (EndOfStreamException cut)
        {
            throw new InvalidDataException($"its part '{name}' is cut off", cut);
        }
    }
}
