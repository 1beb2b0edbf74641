using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.Tests;

[Platform("Linux")]
public sealed class ImagePullerTests : IDisposable
{
    private const int PatienceMs = 20_000;

    private static readonly byte[] Layer = TarArchives.Tar(TarArchives.File("f", "text"));

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(PatienceMs)]
    public async Task An_image_is_pulled_with_or_without_a_token(bool asksForToken, CancellationToken cancellationToken)
    {
        await using var registry = new FakeRegistry { AsksForToken = asksForToken };
        registry.Add("team/app", "1", Layer);

        var store = await PullAsync(registry, "team/app:1", cancellationToken);

        var image = store.Find($"localhost:{registry.Port}/team/app:1")!;
        var text = await File.ReadAllTextAsync(Path.Combine(store.LayerRoot, image.Layers[0], "f"), cancellationToken);
        Assert.That(text, Is.EqualTo("text"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Out_of_an_index_this_machines_version_is_taken(CancellationToken cancellationToken)
    {
        await using var registry = new FakeRegistry();
        registry.Add("a", "1", Layer, "windows/amd64", "linux/s390x", "linux/amd64", "linux/arm64");

        var store = await PullAsync(registry, "a:1", cancellationToken);

        Assert.That(store.List(), Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task An_index_without_this_machines_version_is_said_so(CancellationToken cancellationToken)
    {
        await using var registry = new FakeRegistry();
        registry.Add("a", "1", Layer, "windows/amd64");

        var error = Assert.ThrowsAsync<RuntimeException>(() => PullAsync(registry, "a:1", cancellationToken));

        Assert.That(error!.Error, Is.EqualTo(RuntimeError.ImageNotFound));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_layer_that_is_here_is_not_fetched_again(CancellationToken cancellationToken)
    {
        await using var registry = new FakeRegistry();
        registry.Add("a", "1", Layer);
        registry.Add("b", "1", Layer);
        await PullAsync(registry, "a:1", cancellationToken);

        await PullAsync(registry, "b:1", cancellationToken);

        var layer = TarArchives.Digest(TarArchives.Gzip(Layer));
        Assert.That(registry.Requests.Count(path => path.EndsWith(layer, StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [TestCase("blobs/")]
    [TestCase("manifests/sha256:")]
    [CancelAfter(PatienceMs)]
    public async Task What_is_not_what_its_digest_says_is_refused(string part, CancellationToken cancellationToken)
    {
        await using var registry = new FakeRegistry();
        registry.Add("a", "1", Layer, "linux/amd64");
        registry.Replace(part, TarArchives.Config("{}", "evil"u8.ToArray()));

        var error = Assert.ThrowsAsync<RuntimeException>(() => PullAsync(registry, "a:1", cancellationToken));

        Assert.That(error!.Error, Is.EqualTo(RuntimeError.PullFailed));
        Assert.That(new ImageStore(_directory.At("images")).List(), Is.Empty);
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task An_unknown_tag_is_not_found(CancellationToken cancellationToken)
    {
        await using var registry = new FakeRegistry();

        var error = Assert.ThrowsAsync<RuntimeException>(() => PullAsync(registry, "a:1", cancellationToken));

        Assert.That(error!.Error, Is.EqualTo(RuntimeError.ImageNotFound));
        Assert.That(error.Message, Does.Contain("manifest unknown"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_registry_out_of_order_is_tried_again_and_then_given_up(CancellationToken cancellationToken)
    {
        await using var registry = new FakeRegistry { FailuresLeft = 2 };
        registry.Add("a", "1", Layer);

        Assert.That((await PullAsync(registry, "a:1", cancellationToken)).List(), Has.Count.EqualTo(1));

        registry.FailuresLeft = 100;
        var error = Assert.ThrowsAsync<RuntimeException>(() => PullAsync(registry, "a:2", cancellationToken));
        Assert.That(error!.Error, Is.EqualTo(RuntimeError.PullFailed));
    }

    private async Task<ImageStore> PullAsync(FakeRegistry registry, string image, CancellationToken cancellationToken)
    {
        var store = new ImageStore(_directory.At("images"));
        var reference = ImageReference.Parse($"localhost:{registry.Port}/{image}");
        using var client = new RegistryClient(reference, TimeProvider.System);
        await new ImagePuller(store, _directory.At("spool")).PullAsync(client, reference, cancellationToken);
        return store;
    }
}
