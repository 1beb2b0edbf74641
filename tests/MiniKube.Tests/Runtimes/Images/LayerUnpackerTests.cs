using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.Tests;

[Platform("Linux")]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LayerUnpackerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test, CancelAfter(10_000)]
    public async Task Files_directories_and_links_are_written_with_their_modes(CancellationToken cancellationToken)
    {
        await UnpackAsync(
            TarArchives.Tar(
                TarArchives.Directory("./"),
                TarArchives.Directory("./a/", (UnixFileMode)0b101_101_101),
                TarArchives.File("./a/b", "text", (UnixFileMode)0b1_111_101_000),
                TarArchives.File("deep/without/entries", "x"),
                TarArchives.SymbolicLink("link", "a/b"),
                TarArchives.HardLink("hard", "./a/b")),
            cancellationToken);

        Assert.That(File.ReadAllText(At("hard")), Is.EqualTo("text"));
        Assert.That(File.ReadAllText(At("deep/without/entries")), Is.EqualTo("x"));
        Assert.That(new FileInfo(At("link")).LinkTarget, Is.EqualTo("a/b"));
        Assert.That(File.GetUnixFileMode(At("a")), Is.EqualTo((UnixFileMode)0b101_101_101));
        Assert.That(File.GetUnixFileMode(At("a/b")), Is.EqualTo((UnixFileMode)0b1_111_101_000));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_link_cannot_lead_out_of_the_layer(CancellationToken cancellationToken)
    {
        var outside = _directory.At("outside");
        Directory.CreateDirectory(outside);

        await UnpackAsync(
            TarArchives.Tar(
                TarArchives.Directory(outside[1..]),
                TarArchives.SymbolicLink("way", outside),
                TarArchives.File("way/file", "inside")),
            cancellationToken);

        Assert.That(Directory.GetFileSystemEntries(outside), Is.Empty);
        Assert.That(File.ReadAllText(At(outside[1..], "file")), Is.EqualTo("inside"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_link_that_replaces_a_directory_does_not_carry_its_mode_outside(CancellationToken cancellationToken)
    {
        var outside = _directory.At("outside");
        Directory.CreateDirectory(outside, (UnixFileMode)0b111_000_000);

        await UnpackAsync(
            TarArchives.Tar(
                TarArchives.Directory("a", (UnixFileMode)0b111_111_111),
                TarArchives.SymbolicLink("a", outside)),
            cancellationToken);

        Assert.That(File.GetUnixFileMode(outside), Is.EqualTo((UnixFileMode)0b111_000_000));
    }

    [TestCase("../escape")]
    [TestCase("a/../../escape")]
    public void A_name_that_leads_out_is_refused(string name)
    {
        var tar = TarArchives.Tar(TarArchives.File(name, "x"));

        Assert.ThrowsAsync<InvalidDataException>(() => UnpackAsync(tar, CancellationToken.None));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_later_entry_replaces_an_earlier_one_of_any_kind(CancellationToken cancellationToken)
    {
        await UnpackAsync(
            TarArchives.Tar(
                TarArchives.File("a", "file"),
                TarArchives.Directory("a"),
                TarArchives.File("a/b", "x"),
                TarArchives.Directory("c"),
                TarArchives.File("c/d", "x"),
                TarArchives.File("c", "file")),
            cancellationToken);

        Assert.That(File.Exists(At("a/b")), Is.True);
        Assert.That(File.ReadAllText(At("c")), Is.EqualTo("file"));
    }

    private string At(params ReadOnlySpan<string> parts) => _directory.At(["root", .. parts]);

    private async Task UnpackAsync(byte[] tar, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_directory.At("root"));
        using var unpacker = new LayerUnpacker(_directory.At("root"));
        await unpacker.UnpackAsync(new MemoryStream(tar), cancellationToken);
    }
}
