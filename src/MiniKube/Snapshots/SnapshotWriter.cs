using System.IO.Compression;
using System.Text.Json;
using MiniKube.Store;

namespace MiniKube;

/// <summary>Writes one snapshot into an empty file and leaves it complete and on the disk.</summary>
internal static class SnapshotWriter
{
    /// <param name="file">An empty file.</param>
    /// <param name="capture">The objects.</param>
    /// <param name="settings">The text of <c>cluster.json</c>.</param>
    /// <param name="sealedKeys">The keys, sealed; null leaves them out.</param>
    /// <param name="about">Everything of the manifest but its parts.</param>
    /// <param name="compress">Smaller, for more of the processor's time.</param>
    /// <param name="cancellationToken">Gives up; the file is then nothing.</param>
    public static SnapshotManifest Write(
        FileStream file,
        StoreCapture capture,
        byte[] settings,
        byte[]? sealedKeys,
        SnapshotManifest about,
        bool compress,
        CancellationToken cancellationToken)
    {
        SnapshotManifest manifest;
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            var level = compress ? CompressionLevel.Fastest : CompressionLevel.NoCompression;
            var parts = new List<SnapshotPart>
            {
                Add(archive, SnapshotArchive.Objects, about.Taken, level, output => capture.WriteTo(output, cancellationToken)),
                Add(archive, SnapshotArchive.Cluster, about.Taken, level, output => output.Write(settings)),
            };
            if (sealedKeys is not null)
            {
                // What is encrypted does not get smaller.
                parts.Add(Add(
                    archive, SnapshotArchive.Keys, about.Taken, CompressionLevel.NoCompression, output => output.Write(sealedKeys)));
            }

            manifest = about with { Parts = parts };
            Add(archive, SnapshotArchive.Manifest, about.Taken, CompressionLevel.NoCompression, output => JsonSerializer.Serialize(
                output, manifest, SnapshotJson.Default.SnapshotManifest));
            SnapshotArchive.Reserve(archive);
        }

        SnapshotArchive.Finish(file);
        file.Flush(flushToDisk: true);
        return manifest;
    }

    private static SnapshotPart Add(
        ZipArchive archive, string name, DateTimeOffset taken, CompressionLevel level, Action<Stream> write)
    {
        var entry = archive.CreateEntry(name, level);
        entry.LastWriteTime = taken;
        using var stream = entry.Open();
        using var hashing = new HashingStream(stream);
        write(hashing);
        return new SnapshotPart(name, hashing.Count, hashing.Sha256);
    }
}
