using System.Text.Json;

namespace MiniKube.Runtimes;

/// <summary>
/// The images of the embedded runtime in one directory: <c>index.json</c> (names), <c>configs</c> (by digest) and <c>layers</c>
/// (unpacked, by digest). An image is added layers first and name last, so what has a name is whole. Thread-safe; one process
/// per directory.
/// </summary>
internal sealed class ImageStore
{
    // An image whose description is larger than this is not one.
    private const int DocumentBytesMax = 8 * 1024 * 1024;

    private readonly BlobDirectory _configs;
    private readonly LayerDirectory _layers;
    private readonly string _indexPath;
    private readonly Lock _gate = new();
    private SortedDictionary<string, string> _names;
    private int _adding;

    public ImageStore(string directory)
    {
        _configs = new BlobDirectory(Path.Combine(directory, "configs"));
        _layers = new LayerDirectory(Path.Combine(directory, "layers"));
        _indexPath = Path.Combine(directory, "index.json");
        _names = ReadIndex();
    }

    /// <summary>Where <see cref="StoredImage.Layers"/> are.</summary>
    public string LayerRoot => _layers.Root;

    /// <summary>Finds an image by name or id (<c>sha256:...</c>).</summary>
    public StoredImage? Find(string image)
    {
        var id = IdOf(image);
        if (id is null || ReadConfig(id) is not { } config)
        {
            return null;
        }

        return new StoredImage(id, config.Config ?? new ImageProcess(), [.. config.Rootfs.DiffIds.Select(LayerDirectory.NameOf)]);
    }

    public ImageStatus? FindStatus(string image) => IdOf(image) is { } id ? StatusOf(id) : null;

    public IReadOnlyList<ImageStatus> List()
    {
        lock (_gate)
        {
            return [.. _names.Values.Distinct().Select(StatusOf).OfType<ImageStatus>()];
        }
    }

    /// <summary>
    /// Adds an image: unpacks the layers that are missing (<paramref name="openLayer"/> opens one by its place in the
    /// configuration's list), then gives it its names, which leave the images that had them.
    /// </summary>
    public async Task AddAsync(
        ReadOnlyMemory<byte> config,
        Func<int, CancellationToken, Task<Stream>> openLayer,
        IReadOnlyList<string> names,
        CancellationToken cancellationToken)
    {
        var diffIds = ParseConfig(config.Span).Rootfs.DiffIds;
        Interlocked.Increment(ref _adding);
        try
        {
            for (var index = 0; index < diffIds.Count; index++)
            {
                if (!_layers.Contains(diffIds[index]))
                {
                    await using var layer = await openLayer(index, cancellationToken);
                    await _layers.AddAsync(diffIds[index], layer, cancellationToken);
                }
            }

            AddNames(BlobDirectory.DigestOf(config.Span), config.Span, names);
        }
        finally
        {
            Interlocked.Decrement(ref _adding);
        }
    }

    /// <summary>Takes a name away, or all names of an id; unknown is fine.</summary>
    public void Remove(string image)
    {
        lock (_gate)
        {
            var id = IdOf(image);
            var gone = image == id ? _names.Where(name => name.Value == id).Select(static name => name.Key).ToList() : [FullName(image)];
            gone.ForEach(name => _names.Remove(name));
            WriteIndexLocked();
        }
    }

    /// <summary>Removes configurations and layers that neither a name nor <paramref name="idsInUse"/> needs.</summary>
    public void Collect(IEnumerable<string> idsInUse)
    {
        lock (_gate)
        {
            if (Volatile.Read(ref _adding) > 0)
            {
                return; // What is being added has no name yet. The next removal collects.
            }

            var ids = _names.Values.Concat(idsInUse).ToHashSet();
            var layers = ids.Select(ReadConfig).OfType<ImageConfig>().SelectMany(static config => config.Rootfs.DiffIds).ToHashSet();
            foreach (var id in _configs.All().Except(ids).ToList())
            {
                _configs.Remove(id);
            }

            _layers.RemoveAllBut(layers);
        }
    }

    private static ImageConfig ParseConfig(ReadOnlySpan<byte> config)
    {
        if (config.Length > DocumentBytesMax)
        {
            throw new InvalidDataException("the image's configuration is too large");
        }

        return JsonSerializer.Deserialize(config, ImageJson.Default.ImageConfig)
            ?? throw new InvalidDataException("the image's configuration is empty");
    }

    private static bool IsId(string image) => image.StartsWith("sha256:", StringComparison.Ordinal);

    private static string FullName(string image) => ImageReference.Parse(image).ToString();

    private string? IdOf(string image)
    {
        if (IsId(image))
        {
            return _configs.Find(image) is null ? null : image;
        }

        lock (_gate)
        {
            return _names.GetValueOrDefault(FullName(image));
        }
    }

    private ImageConfig? ReadConfig(string id) => _configs.Find(id) is { } bytes ? ParseConfig(bytes) : null;

    private ImageStatus? StatusOf(string id)
    {
        if (ReadConfig(id) is not { } config)
        {
            return null;
        }

        lock (_gate)
        {
            return new ImageStatus
            {
                Id = id,
                Names = [.. _names.Where(name => name.Value == id).Select(static name => ImageReference.Parse(name.Key).FamiliarName)],
                Bytes = config.Rootfs.DiffIds.Distinct().Sum(_layers.BytesOf),
                User = config.Config?.User ?? "",
            };
        }
    }

    private void AddNames(string id, ReadOnlySpan<byte> config, IReadOnlyList<string> names)
    {
        lock (_gate)
        {
            _configs.Write(id, config);
            foreach (var name in names)
            {
                _names[FullName(name)] = id;
            }

            WriteIndexLocked();
        }
    }

    private SortedDictionary<string, string> ReadIndex()
        => File.Exists(_indexPath)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(_indexPath), ImageJson.Default.ImageIndex)!.Names
            : [];

    private void WriteIndexLocked()
        => DurableFile.Write(
            _indexPath, JsonSerializer.SerializeToUtf8Bytes(new ImageIndex { Names = _names }, ImageJson.Default.ImageIndex));
}
