using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace MiniKube.Testing;

/// <summary>Makes tar files, layers and whole image archives in memory.</summary>
public static class TarArchives
{
    public static byte[] Tar(params IEnumerable<TarEntry> entries)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                entry.ModificationTime = DateTimeOffset.UnixEpoch; // Same content, same digest.
                tar.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }

    public static TarEntry File(string name, string text, UnixFileMode mode = (UnixFileMode)0b110_100_100)
        => new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)), Mode = mode };

    public static TarEntry File(string name, byte[] bytes)
        => new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) };

    public static TarEntry Directory(string name, UnixFileMode mode = (UnixFileMode)0b111_101_101)
        => new PaxTarEntry(TarEntryType.Directory, name) { Mode = mode };

    public static TarEntry SymbolicLink(string name, string target)
        => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target };

    public static TarEntry HardLink(string name, string target)
        => new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = target };

    public static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }

    /// <summary>An image's configuration for layers given as plain tars.</summary>
    public static byte[] Config(string process, params IEnumerable<byte[]> layers)
    {
        var ids = string.Join(',', layers.Select(static layer => $"\"{Digest(layer)}\""));
        return Encoding.UTF8.GetBytes(
            $$"""{"architecture":"amd64","os":"linux","config":{{process}},"rootfs":{"type":"layers","diff_ids":[{{ids}}] } }""");
    }

    /// <summary>A docker archive of one image.</summary>
    public static byte[] DockerArchive(string name, string process, params byte[][] layers)
    {
        var files = layers.Select(static (layer, index) => File($"{index}.tar", layer));
        var list = string.Join(',', layers.Select(static (_, index) => $"\"{index}.tar\""));
        var manifest = $$"""[{"Config":"config.json","RepoTags":["{{name}}"],"Layers":[{{list}}]}]""";
        return Tar([.. files, File("config.json", Config(process, layers)), File("manifest.json", manifest)]);
    }

    /// <summary>An OCI archive of one image, its layers stored as they are given (<paramref name="stored"/>).</summary>
    public static byte[] OciArchive(string name, byte[] layer, byte[] stored)
    {
        var config = Config("{}", layer);
        var manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"config":{{Descriptor(config)}},"layers":[{{Descriptor(stored)}}]}""");
        var annotations = $$"""{"io.containerd.image.name":"{{name}}"}""";
        var listed = $$"""{"digest":"{{Digest(manifest)}}","size":{{manifest.Length}},"annotations":{{annotations}} }""";
        var index = File("index.json", $$"""{"schemaVersion":2,"manifests":[{{listed}}]}""");
        return Tar([Blob(stored), Blob(config), Blob(manifest), File("oci-layout", """{"imageLayoutVersion":"1.0.0"}"""), index]);
    }

    /// <summary>The content of a file in a tar.</summary>
    public static byte[] Extract(Stream archive, string name)
    {
        using var tar = new TarReader(archive);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == name)
            {
                using var content = new MemoryStream();
                entry.DataStream!.CopyTo(content);
                return content.ToArray();
            }
        }

        throw new InvalidDataException($"no {name} in the archive");
    }

    public static string Digest(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private static TarEntry Blob(byte[] bytes) => File($"blobs/sha256/{Digest(bytes)[7..]}", bytes);

    private static string Descriptor(byte[] bytes) => $$"""{"digest":"{{Digest(bytes)}}","size":{{bytes.Length}} }""";
}
