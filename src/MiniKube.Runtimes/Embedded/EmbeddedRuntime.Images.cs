namespace MiniKube.Runtimes;

/// <summary>Images.</summary>
public sealed partial class EmbeddedRuntime
{
    /// <inheritdoc/>
    public Task<ImageStatus?> FindImageAsync(string image, CancellationToken cancellationToken)
        => Task.FromResult(_images.Value.FindStatus(image));

    /// <inheritdoc/>
    public Task<IReadOnlyList<ImageStatus>> ListImagesAsync(CancellationToken cancellationToken)
        => Task.FromResult(_images.Value.List());

    /// <inheritdoc/>
    public async Task<ImageStatus> PullImageAsync(string image, CancellationToken cancellationToken)
    {
        var reference = ImageReference.Parse(image);
        using var registry = new RegistryClient(reference, _time);
        await new ImagePuller(_images.Value, _spoolRoot).PullAsync(registry, reference, cancellationToken);
        return _images.Value.FindStatus(image)
            ?? throw new RuntimeException(RuntimeError.PullFailed, $"image \"{image}\" was removed while it was pulled");
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> LoadImageAsync(Stream archive, CancellationToken cancellationToken)
        => new ImageArchiveLoader(_images.Value, _spoolRoot).LoadAsync(archive, cancellationToken);

    /// <inheritdoc/>
    public async Task RemoveImageAsync(string image, CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        _images.Value.Remove(image);
        // A container needs its layers as long as it is there, dead or alive: it can be looked into.
        _images.Value.Collect(
            from sandbox in _sandboxes.Values from container in sandbox.Containers.Values select container.Record.ImageId);
    }
}
