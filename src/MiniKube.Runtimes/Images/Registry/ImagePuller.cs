using System.Text.Json;

namespace MiniKube.Runtimes;

/// <summary>Brings an image from a registry into the store; layers that are here already are not fetched.</summary>
internal sealed class ImagePuller(ImageStore store, string spoolDirectory)
{
    /// <exception cref="RuntimeException">It is not there, not for this machine, damaged, or the registry is out of reach.</exception>
    public async Task PullAsync(RegistryClient registry, ImageReference image, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = await ReadManifestAsync(registry, image.Digest ?? image.Tag!, cancellationToken);
            var config = manifest.Config ?? throw new InvalidDataException("the manifest names no configuration");
            var layers = manifest.Layers ?? [];
            await store.AddAsync(
                await ReadConfigAsync(registry, config.Digest, cancellationToken),
                (index, cancel) => index < layers.Count
                    ? FetchAsync(registry, layers[index].Digest, cancel)
                    : throw new InvalidDataException("the manifest lists too few layers"),
                [image.ToString()],
                cancellationToken);
        }
        catch (Exception damage) when (damage is InvalidDataException or JsonException or HttpRequestException or IOException)
        {
            throw new RuntimeException(
                RuntimeError.PullFailed, $"failed to pull image \"{image.FamiliarName}\": {damage.Message}", damage);
        }
    }

    private static async Task<OciManifest> ReadManifestAsync(
        RegistryClient registry, string reference, CancellationToken cancellationToken)
    {
        var manifest = Parse(await registry.ReadManifestAsync(reference, cancellationToken));
        return manifest.Manifests is { } platforms
            ? Parse(await registry.ReadManifestAsync(Platforms.Choose(platforms).Digest, cancellationToken))
            : manifest;
    }

    private static OciManifest Parse(byte[] manifest)
        => JsonSerializer.Deserialize(manifest, ImageJson.Default.OciManifest)
            ?? throw new InvalidDataException("the manifest is empty");

    private static async Task<byte[]> ReadConfigAsync(
        RegistryClient registry, string digest, CancellationToken cancellationToken)
    {
        await using var blob = await registry.OpenBlobAsync(digest, cancellationToken);
        var config = new MemoryStream();
        await blob.CopyToAsync(config, cancellationToken);
        return BlobDirectory.DigestOf(config.ToArray()) == digest
            ? config.ToArray()
            : throw new InvalidDataException($"the registry sent another configuration than {digest}");
    }

    // To a file first: a connection that breaks in the middle is then a failed download, not half a layer, and the digest is
    // known before a byte is unpacked.
    private async Task<Stream> FetchAsync(RegistryClient registry, string digest, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(spoolDirectory);
        var file = new FileStream(
            Path.Combine(spoolDirectory, Guid.NewGuid().ToString("N")),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            });
        try
        {
            await using var blob = new HashingStream(await registry.OpenBlobAsync(digest, cancellationToken));
            await blob.CopyToAsync(file, cancellationToken);
            if (await blob.DigestAsync(cancellationToken) != digest)
            {
                throw new InvalidDataException($"the registry sent another layer than {digest}");
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
