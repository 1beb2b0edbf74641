using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.Testing;

/// <summary>A data directory with a store, settings and keys in it, and what takes snapshots of it: a server without the rest.</summary>
internal sealed class SnapshotBox : IAsyncDisposable
{
    public const string Passphrase = "correct horse battery staple";

    public const string ClusterId = "d983da88-c4cc-4d9c-9ffd-0f81bcaf669a";

    private readonly TemporaryDirectory _directory = new();

    private SnapshotBox()
    {
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 25, 3, 0, 0, TimeSpan.Zero));

    public string Root => _directory.At("data");

    public string Settings => """{"clusterCidr":"10.42.0.0/16","serviceCidr":"10.43.0.0/16","clusterDomain":"a.b","runtime":"embedded"}""";

    public ResourceStore Store { get; private set; } = null!;

    public SnapshotTaker Taker { get; private set; } = null!;

    public static async Task<SnapshotBox> CreateAsync(CancellationToken cancellationToken)
    {
        var box = new SnapshotBox();
        Directory.CreateDirectory(Path.Combine(box.Root, "pki"));
        await File.WriteAllTextAsync(Path.Combine(box.Root, "cluster.json"), box.Settings, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(box.Root, "pki", "ca.key"), "the key", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(box.Root, "node-token"), "the token", cancellationToken);
        box.Store = await box.OpenAsync(box.Root, cancellationToken);
        box.Taker = new SnapshotTaker(
            box.Store.Capture, () => null, box.Root, new SnapshotFolder(SnapshotFolder.Of(box.Root)), "n1", box.Time);
        var system = $$$"""{"metadata":{"resourceVersion":"","uid":"{{{ClusterId}}}"}}""";
        await box.CreateAsync(new ResourceKey("namespaces", "", "kube-system"), system, cancellationToken);
        return box;
    }

    public string At(string name) => _directory.At(name);

    public async Task AddPodAsync(string name, CancellationToken cancellationToken)
        => await Store.CreateAsync(Drafts.Pod(name), Drafts.Of("x"), cancellationToken);

    public Task<SnapshotFile> TakeAsync(
        CancellationToken cancellationToken,
        string? name = null,
        string? passphrase = null,
        bool compress = false,
        string origin = SnapshotManifest.OnDemand)
        => Taker.TakeAsync(new SnapshotRequest(name, null, passphrase, compress), origin, cancellationToken);

    public RestoredSnapshot Restore(string file, string into, string? passphrase = null, bool withoutKeys = false, bool force = false)
        => new SnapshotRestore(into, Time).Run(file, passphrase, withoutKeys, force, CancellationToken.None);

    public Task<ResourceStore> OpenAsync(string root, CancellationToken cancellationToken)
        => ResourceStore.OpenAsync(
            new StoreOptions { Directory = Path.Combine(root, "store") }, Time, NullLoggerFactory.Instance, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Taker.Dispose();
        await Store.DisposeAsync();
        _directory.Dispose();
    }

    private async Task CreateAsync(ResourceKey key, string json, CancellationToken cancellationToken)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(json);
        var at = json.IndexOf("\"\"", StringComparison.Ordinal) + 1;
        await Store.CreateAsync(key, new ObjectDraft(bytes, at), cancellationToken);
    }
}
