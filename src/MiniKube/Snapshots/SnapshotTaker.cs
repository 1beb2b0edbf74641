using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube;

/// <summary>
/// Takes snapshots of a running server. The moment of a snapshot is when its turn comes; writes go on meanwhile. One at a time:
/// two would only take the disk from each other. Thread-safe.
/// </summary>
internal sealed class SnapshotTaker : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Func<StoreCapture> _capture;
    private readonly Func<string?> _secretKey;
    private readonly string _root;
    private readonly string _node;
    private readonly TimeProvider _time;

    /// <param name="capture">Holds the store still.</param>
    /// <param name="secretKey">The id of the key that encrypts Secrets now.</param>
    /// <param name="root">The data directory.</param>
    /// <param name="folder">Where snapshots go that do not say where.</param>
    /// <param name="node">The name of this server.</param>
    /// <param name="time">For the names and the manifests.</param>
    public SnapshotTaker(
        Func<StoreCapture> capture, Func<string?> secretKey, string root, SnapshotFolder folder, string node, TimeProvider time)
    {
        _secretKey = secretKey;
        _capture = capture;
        _root = root;
        Folder = folder;
        _node = node;
        _time = time;
    }

    /// <summary>Where snapshots go that do not say where.</summary>
    public SnapshotFolder Folder { get; }

    /// <summary>Returns when the snapshot is whole and on the disk.</summary>
    /// <exception cref="CommandException">The name is taken, or is no name.</exception>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public async Task<SnapshotFile> TakeAsync(SnapshotRequest request, string origin, CancellationToken cancellationToken)
        => await BetweenAsync(stopping => Task.Run(() => Take(request, origin, stopping), stopping), cancellationToken);

    /// <summary>The control socket's <c>snapshot</c>: a request in JSON, answered by the finished file in JSON.</summary>
    /// <exception cref="CommandException">It cannot be done; the message says why.</exception>
    public async Task<IEnumerable<string>> AnswerAsync(Stream content, CancellationToken cancellationToken)
    {
        var request = await JsonSerializer.DeserializeAsync(content, SnapshotWire.Default.SnapshotRequest, cancellationToken);
        var taken = await TakeAsync(request!, SnapshotManifest.OnDemand, cancellationToken);
        return [JsonSerializer.Serialize(taken, SnapshotWire.Default.SnapshotFile)];
    }

    /// <summary>Does something while no snapshot is being taken: what one reads in several places does not change under it.</summary>
    public async Task<T> BetweenAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await action(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private SnapshotFile Take(SnapshotRequest request, string origin, CancellationToken cancellationToken)
    {
        var capture = _capture();
        var keys = request.Passphrase is { } passphrase ? SealedBytes.Seal(KeyFiles.Pack(_root), passphrase) : null;
        var settings = File.ReadAllBytes(ClusterSettings.PathIn(_root));
        var about = About(capture, origin, keys is not null);
        var folder = request.Directory is { } named ? new SnapshotFolder(named) : Folder;
        return folder.Add(
            request.Name ?? NameOf(about),
            file => SnapshotWriter.Write(file, capture, settings, keys, about, request.Compress, cancellationToken));
    }

    private SnapshotManifest About(StoreCapture capture, string origin, bool hasKeys) => new()
    {
        Version = VersionCommand.Current,
        Origin = origin,
        ClusterId = ClusterIdOf(capture),
        Node = _node,
        Revision = capture.Revision.Value,
        Taken = _time.GetUtcNow(),
        Objects = capture.Counts,
        HasKeys = hasKeys,
        SecretKey = _secretKey(),
        Parts = [],
    };

    private static string NameOf(SnapshotManifest about)
        => string.Create(CultureInfo.InvariantCulture, $"{about.Origin}-{about.Node}-{about.Taken:yyyyMMdd'T'HHmmss.fff'Z'}");

    /// <summary>As is usual where a cluster has to be told from others: the uid of the first namespace it made.</summary>
    public static string ClusterIdOf(StoreCapture capture)
        => capture.Find(new ResourceKey("namespaces", "", "kube-system")) is { } system
            ? JsonNode.Parse(system.Json.Span)?["metadata"]?["uid"]?.ToString() ?? ""
            : "";
}
