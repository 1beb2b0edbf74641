using MiniKube.Runtimes;
using MiniKube.Testing;
using ZstdSharp;

namespace MiniKube.Tests;

[Platform("Linux")]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ImageStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private ImageStore Open() => new(_directory.Path);

    private Task<IReadOnlyList<string>> LoadAsync(ImageStore store, byte[] archive, CancellationToken cancellationToken)
        => new ImageArchiveLoader(store, _directory.At("spool")).LoadAsync(new MemoryStream(archive), cancellationToken);

    [Test, CancelAfter(10_000)]
    public async Task A_docker_archive_brings_its_names_process_and_layers(CancellationToken cancellationToken)
    {
        var store = Open();
        var archive = TarArchives.DockerArchive(
            "team/app:1",
            """{"Entrypoint":["/app"],"Cmd":["-v"],"Env":["A=b"],"User":"7","WorkingDir":"/w","StopSignal":"SIGINT"}""",
            TarArchives.Tar(TarArchives.File("lower", "1")),
            TarArchives.Tar(TarArchives.File("upper", "22")));

        var names = await LoadAsync(store, archive, cancellationToken);

        var image = store.Find("team/app:1")!;
        Assert.That(names, Is.EqualTo(new[] { "team/app:1" }));
        Assert.That(image.Process.Entrypoint, Is.EqualTo(new[] { "/app" }));
        Assert.That(image.Process.StopSignal, Is.EqualTo("SIGINT"));
        Assert.That(File.ReadAllText(Path.Combine(store.LayerRoot, image.Layers[1], "upper")), Is.EqualTo("22"));
        Assert.That(store.FindStatus("docker.io/team/app:1"), Has.Property("Bytes").EqualTo(3).And.Property("User").EqualTo("7"));
    }

    [TestCase("plain")]
    [TestCase("gzip")]
    [TestCase("zstd")]
    [CancelAfter(10_000)]
    public async Task An_oci_archive_may_be_compressed_inside_and_out(string compression, CancellationToken cancellationToken)
    {
        var store = Open();
        var layer = TarArchives.Tar(TarArchives.File("f", "text"));
        byte[] Compress(byte[] bytes) => compression switch
        {
            "gzip" => TarArchives.Gzip(bytes),
            "zstd" => new Compressor().Wrap(bytes).ToArray(),
            _ => bytes,
        };

        var names = await LoadAsync(
            store, Compress(TarArchives.OciArchive("docker.io/library/a:1", layer, Compress(layer))), cancellationToken);

        Assert.That(names, Is.EqualTo(new[] { "a:1" }));
        Assert.That(File.Exists(Path.Combine(store.LayerRoot, store.Find("a:1")!.Layers[0], "f")), Is.True);
    }

    [Test, CancelAfter(10_000)]
    public async Task What_was_loaded_is_there_after_a_restart(CancellationToken cancellationToken)
    {
        await LoadAsync(Open(), Image("a:1", "x"), cancellationToken);

        var again = Open();

        Assert.That(again.Find("a:1"), Is.Not.Null);
        Assert.That(again.List().Single().Names, Is.EqualTo(new[] { "a:1" }));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_layer_stays_while_another_image_or_a_container_needs_it(CancellationToken cancellationToken)
    {
        var store = Open();
        await LoadAsync(store, Image("a:1", "same"), cancellationToken);
        await LoadAsync(store, Image("b:1", "same"), cancellationToken);
        var (id, layer) = (store.Find("a:1")!.Id, Path.Combine(store.LayerRoot, store.Find("a:1")!.Layers[0]));

        store.Remove("a:1");
        store.Collect([]);
        Assert.That(Directory.Exists(layer), Is.True);

        store.Remove("b:1");
        store.Collect([id]);
        Assert.That(Directory.Exists(layer), Is.True);

        store.Collect([]);
        Assert.That(Directory.Exists(layer), Is.False);
        Assert.That(store.List(), Is.Empty);
    }

    [Test, CancelAfter(10_000)]
    public async Task A_name_moves_to_the_image_that_brought_it_last(CancellationToken cancellationToken)
    {
        var store = Open();
        await LoadAsync(store, Image("a:1", "old"), cancellationToken);
        await LoadAsync(store, Image("a:1", "new"), cancellationToken);

        var image = store.Find("a:1")!;

        Assert.That(File.ReadAllText(Path.Combine(store.LayerRoot, image.Layers[0], "f")), Is.EqualTo("new"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_layer_that_is_not_what_the_configuration_says_is_refused_whole(CancellationToken cancellationToken)
    {
        var store = Open();
        var good = TarArchives.Tar(TarArchives.File("f", "good"));
        var archive = TarArchives.OciArchive("a:1", good, stored: TarArchives.Tar(TarArchives.File("f", "evil")));

        var error = Assert.ThrowsAsync<RuntimeException>(() => LoadAsync(store, archive, cancellationToken));

        Assert.That(error!.Error, Is.EqualTo(RuntimeError.InvalidArchive));
        Assert.That(store.Find("a:1"), Is.Null);
        Assert.That(Directory.GetDirectories(store.LayerRoot, "*", SearchOption.AllDirectories), Has.None.Matches("f$"));
        await Task.CompletedTask;
    }

    [TestCase("")]
    [TestCase("not a tar at all")]
    [CancelAfter(10_000)]
    public void Something_else_is_refused(string content, CancellationToken cancellationToken)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(content.PadRight(content.Length == 0 ? 0 : 2_000, '.'));

        var error = Assert.ThrowsAsync<RuntimeException>(() => LoadAsync(Open(), bytes, cancellationToken));

        Assert.That(error!.Error, Is.EqualTo(RuntimeError.InvalidArchive));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_cut_archive_is_refused_and_leaves_nothing(CancellationToken cancellationToken)
    {
        var archive = Image("a:1", new string('x', 10_000));

        Assert.ThrowsAsync<RuntimeException>(() => LoadAsync(Open(), archive[..6_000], cancellationToken));

        Assert.That(Directory.GetDirectories(_directory.At("spool")), Is.Empty);
        await Task.CompletedTask;
    }

    [Test, CancelAfter(20_000)]
    public async Task The_bundled_image_loads_and_is_the_same_each_time(CancellationToken cancellationToken)
    {
        var store = Open();
        using var first = (MemoryStream)BundledImages.OpenTestbox();
        using var second = (MemoryStream)BundledImages.OpenTestbox();

        var names = await LoadAsync(store, first.ToArray(), cancellationToken);

        var image = store.Find(BundledImages.Testbox)!;
        Assert.That(second.ToArray(), Is.EqualTo(first.ToArray()));
        Assert.That(names, Is.EqualTo(new[] { BundledImages.Testbox }));
        Assert.That(image.Process.Cmd, Is.EqualTo(new[] { "testbox" }));
        Assert.That(
            File.GetUnixFileMode(Path.Combine(store.LayerRoot, image.Layers[0], "bin/testbox")), Is.EqualTo((UnixFileMode)0b111_101_101));
    }

    private static byte[] Image(string name, string content)
        => TarArchives.DockerArchive(name, "{}", TarArchives.Tar(TarArchives.File("f", content)));
}
