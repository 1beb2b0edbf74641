using System.Text.Json;

namespace MiniKube.Runtimes;

/// <summary>Puts the images of a docker archive (<c>manifest.json</c>) or an OCI layout (<c>index.json</c>) into the store.</summary>
internal sealed class ImageArchiveLoader(ImageStore store, string spoolDirectory)
{
    private const string OciName = "org.opencontainers.image.ref.name";
    private const string ContainerdName = "io.containerd.image.name";

    /// <summary>Returns the names the archive brought.</summary>
    /// <exception cref="RuntimeException">It is damaged or of another form; nothing got a name then.</exception>
    public async Task<IReadOnlyList<string>> LoadAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            var directory = Path.Combine(spoolDirectory, Guid.NewGuid().ToString("N"));
            using var archive = await ImageArchive.SpoolAsync(stream, directory, cancellationToken);
            var images = archive.Contains("manifest.json") ? ReadDockerManifest(archive)
                : archive.Contains("index.json") ? ReadOciIndex(archive)
                : throw new InvalidDataException("it has neither a manifest.json nor an index.json");
            foreach (var image in images)
            {
                await store.AddAsync(
                    archive.Read(image.Config),
                    (index, _) => Task.FromResult(archive.Open(image.LayerAt(index))),
                    image.Names,
                    cancellationToken);
            }

            return [.. images.SelectMany(static image => image.Names).Select(static name => ImageReference.Parse(name).FamiliarName)];
        }
        catch (Exception damage) when (damage is InvalidDataException or JsonException or EndOfStreamException
            or ZstdSharp.ZstdException or FormatException)
        {
            throw new RuntimeException(RuntimeError.InvalidArchive, $"this is not an image archive: {damage.Message}", damage);
        }
    }

    private static List<ArchivedImage> ReadDockerManifest(ImageArchive archive)
    {
        var manifests = JsonSerializer.Deserialize(archive.Read("manifest.json"), ImageJson.Default.DockerManifestArray) ?? [];
        return [.. manifests.Select(static manifest => new ArchivedImage(manifest.Config, manifest.Layers, manifest.RepoTags ?? []))];
    }

    private static List<ArchivedImage> ReadOciIndex(ImageArchive archive)
    {
        var images = new List<ArchivedImage>();
        var index = JsonSerializer.Deserialize(archive.Read("index.json"), ImageJson.Default.OciManifest);
        foreach (var descriptor in index?.Manifests ?? [])
        {
            var manifest = archive.ReadManifest(descriptor.Digest);
            if (manifest.Manifests is { } platforms)
            {
                manifest = archive.ReadManifest(Platforms.Choose(platforms).Digest);
            }

            var config = manifest.Config ?? throw new InvalidDataException("a manifest names no configuration");
            var layers = (manifest.Layers ?? []).Select(static layer => ImageArchive.BlobName(layer.Digest)).ToList();
            images.Add(new ArchivedImage(ImageArchive.BlobName(config.Digest), layers, NamesOf(descriptor)));
        }

        return images;
    }

    private static IReadOnlyList<string> NamesOf(OciDescriptor descriptor)
    {
        // The first is a whole name; the second, by the specification, may be just a tag, which names nothing.
        var name = descriptor.Annotations?.GetValueOrDefault(ContainerdName)
            ?? descriptor.Annotations?.GetValueOrDefault(OciName);
        return name is not null && (name.Contains('/') || name.Contains(':'))
            ? [name]
            : throw new InvalidDataException($"an image has no name; give it one with the annotation {OciName}");
    }

    private sealed record ArchivedImage(string Config, IReadOnlyList<string> Layers, IReadOnlyList<string> Names)
    {
        public string LayerAt(int index)
            => index < Layers.Count ? Layers[index] : throw new InvalidDataException("a manifest lists too few layers");
    }
}
