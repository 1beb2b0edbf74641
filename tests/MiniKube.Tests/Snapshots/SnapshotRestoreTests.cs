using MiniKube.Api;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>A snapshot taken, and a data directory made of it again.</summary>
public sealed class SnapshotRestoreTests
{
    private SnapshotBox _box = null!;

    private string Target => _box.At("target");

    [SetUp]
    public async Task CreateBoxAsync() => _box = await SnapshotBox.CreateAsync(CancellationToken.None);

    [TearDown]
    public async Task DisposeBoxAsync() => await _box.DisposeAsync();

    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(60_000)]
    public async Task Objects_settings_and_keys_come_back(bool compress, CancellationToken cancellationToken)
    {
        await _box.AddPodAsync("a", cancellationToken);
        var taken = await _box.TakeAsync(cancellationToken, passphrase: SnapshotBox.Passphrase, compress: compress);
        await _box.AddPodAsync("later", cancellationToken);

        var restored = _box.Restore(taken.Path, Target, SnapshotBox.Passphrase);

        await using var store = await _box.OpenAsync(Target, cancellationToken);
        var pods = store.List(new ListRequest(new KeyRange("pods"))).Objects.Select(static pod => pod.Key.Name);
        Assert.That(pods, Is.EqualTo(["a"]));
        Assert.That(store.Current, Is.EqualTo(restored.At));
        Assert.That(ClusterSettings.Find(Target)!.ClusterDomain, Is.EqualTo("a.b"));
        Assert.That(ClusterSettings.Find(Target)!.Runtime, Is.Null, "no pods of this runtime are on this machine");
        Assert.That(await File.ReadAllTextAsync(Path.Combine(Target, "pki", "ca.key"), cancellationToken), Is.EqualTo("the key"));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(Target, "node-token"), cancellationToken), Is.EqualTo("the token"));
        Assert.That(Directory.EnumerateFileSystemEntries(Target).Select(Path.GetFileName),
            Is.EquivalentTo(["lock", "store", "pki", "node-token", "cluster.json"]));
    }

    [Test, CancelAfter(60_000)]
    public async Task Keys_are_for_the_owner_only_and_not_in_the_file_in_the_clear(CancellationToken cancellationToken)
    {
        var taken = await _box.TakeAsync(cancellationToken, passphrase: SnapshotBox.Passphrase);

        _box.Restore(taken.Path, Target, SnapshotBox.Passphrase);

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.That(File.GetUnixFileMode(taken.Path), Is.EqualTo(owner));
        Assert.That(File.GetUnixFileMode(Path.Combine(Target, "pki", "ca.key")), Is.EqualTo(owner));
        Assert.That(File.ReadAllBytes(taken.Path).AsSpan().IndexOf("the key"u8), Is.Negative);
        var inBase64 = System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String("the key"u8));
        Assert.That(File.ReadAllBytes(taken.Path).AsSpan().IndexOf(inBase64), Is.Negative);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_snapshot_without_keys_restores_without_them(CancellationToken cancellationToken)
    {
        var taken = await _box.TakeAsync(cancellationToken);

        var restored = _box.Restore(taken.Path, Target);

        Assert.That(restored.HasKeys, Is.False);
        Assert.That(Path.Exists(Path.Combine(Target, "pki")), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public async Task Keys_are_neither_dropped_nor_opened_without_being_asked_for(CancellationToken cancellationToken)
    {
        var with = await _box.TakeAsync(cancellationToken, name: "with", passphrase: SnapshotBox.Passphrase);
        var without = await _box.TakeAsync(cancellationToken, name: "without");

        AssertRefused(with.Path, "--passphrase-file", null);
        AssertRefused(with.Path, "does not open", "another passphrase");
        AssertRefused(without.Path, "holds no keys", SnapshotBox.Passphrase);
        Assert.That(_box.Restore(with.Path, Target, withoutKeys: true).HasKeys, Is.False);
    }

    [Test, CancelAfter(120_000)]
    public async Task A_file_with_any_byte_changed_is_refused_and_nothing_is_written(CancellationToken cancellationToken)
    {
        await _box.AddPodAsync("a", cancellationToken);
        var taken = await _box.TakeAsync(cancellationToken);
        var whole = await File.ReadAllBytesAsync(taken.Path, cancellationToken);
        var damaged = _box.At("damaged.snapshot");

        foreach (var at in Enumerable.Range(0, whole.Length).Where(at => at % 7 == 0 || at > whole.Length - 80))
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0x20;
            await File.WriteAllBytesAsync(damaged, changed, cancellationToken);
            AssertRefused(damaged, "nothing was changed", null);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_file_that_is_cut_off_anywhere_is_refused(CancellationToken cancellationToken)
    {
        var taken = await _box.TakeAsync(cancellationToken);
        var whole = await File.ReadAllBytesAsync(taken.Path, cancellationToken);
        var cut = _box.At("cut.snapshot");

        foreach (var length in Enumerable.Range(0, whole.Length).Where(at => at % 13 == 0).Append(whole.Length - 1))
        {
            await File.WriteAllBytesAsync(cut, whole[..length], cancellationToken);
            AssertRefused(cut, "nothing was changed", null);
        }
    }

    [TestCase(SnapshotArchive.Objects)]
    [TestCase(SnapshotArchive.Cluster)]
    [TestCase(SnapshotArchive.Keys)]
    [TestCase(SnapshotArchive.Manifest)]
    [CancelAfter(60_000)]
    public async Task A_part_that_differs_from_the_manifest_is_refused_even_if_the_file_is_whole(
        string part, CancellationToken cancellationToken)
    {
        var taken = await _box.TakeAsync(cancellationToken, passphrase: SnapshotBox.Passphrase);

        RewritePart(taken.Path, part);

        AssertRefused(taken.Path, "nothing was changed", SnapshotBox.Passphrase);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_directory_that_is_not_empty_is_refused_and_moved_aside_by_force(CancellationToken cancellationToken)
    {
        var taken = await _box.TakeAsync(cancellationToken, passphrase: SnapshotBox.Passphrase);
        Directory.CreateDirectory(Path.Combine(Target, "store"));
        Directory.CreateDirectory(Path.Combine(Target, "node", "volumes"));
        await File.WriteAllTextAsync(Path.Combine(Target, "store", "old"), "old", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Target, "cluster.json"), "damaged", cancellationToken);

        var refused = Assert.Throws<CommandException>(() => _box.Restore(taken.Path, Target, SnapshotBox.Passphrase));
        var restored = _box.Restore(taken.Path, Target, SnapshotBox.Passphrase, force: true);

        Assert.That(refused!.Message, Does.Contain("--force"));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(restored.Aside!, "store", "old"), cancellationToken), Is.EqualTo("old"));
        Assert.That(Directory.Exists(Path.Combine(Target, "node", "volumes")), "what belongs to the node stays");
        Assert.That(ClusterSettings.Find(Target)!.ClusterDomain, Is.EqualTo("a.b"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_directory_that_a_server_runs_on_is_refused_also_by_force(CancellationToken cancellationToken)
    {
        var taken = await _box.TakeAsync(cancellationToken);
        using var server = DataDirectory.Open(Target);

        var refused = Assert.Throws<CommandException>(() => _box.Restore(taken.Path, Target, force: true));

        Assert.That(refused!.Message, Does.Contain($"process {Environment.ProcessId} runs on {Target}"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_restore_that_was_killed_half_way_keeps_a_server_from_starting(CancellationToken cancellationToken)
    {
        var taken = await _box.TakeAsync(cancellationToken);
        Directory.CreateDirectory(Path.Combine(Target, "restore-partial", "store"));

        Assert.Throws<CommandException>(() => SnapshotRestore.ThrowIfInterrupted(Target));
        _box.Restore(taken.Path, Target);

        Assert.DoesNotThrow(() => SnapshotRestore.ThrowIfInterrupted(Target));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_second_restore_goes_on_above_all_that_was_written_since_the_first(CancellationToken cancellationToken)
    {
        var taken = await _box.TakeAsync(cancellationToken);
        var first = _box.Restore(taken.Path, Target);

        _box.Time.Advance(TimeSpan.FromHours(1));
        var second = _box.Restore(taken.Path, _box.At("other"));

        const long fastest = 50_000 * 3_600L;
        Assert.That(first.At.Value, Is.GreaterThanOrEqualTo(_box.Store.Current.Value + 1_000_000_000));
        Assert.That(second.At.Value - first.At.Value, Is.GreaterThanOrEqualTo(fastest));
    }

    // The checksum of the whole is right again: only the part's own tells.
    private static void RewritePart(string path, string part)
    {
        var copy = path + ".copy";
        using (var from = System.IO.Compression.ZipFile.OpenRead(path))
        using (var file = DurableFile.Create(copy))
        {
            using (var to = new System.IO.Compression.ZipArchive(file, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
            {
                foreach (var entry in from.Entries)
                {
                    using var input = entry.Open();
                    using var content = new MemoryStream();
                    input.CopyTo(content);
                    var bytes = content.ToArray();
                    bytes[^3] ^= entry.Name == part ? (byte)1 : (byte)0;
                    using var output = to.CreateEntry(entry.Name, System.IO.Compression.CompressionLevel.NoCompression).Open();
                    output.Write(bytes);
                }

                SnapshotArchive.Reserve(to);
            }

            SnapshotArchive.Finish(file);
        }

        File.Move(copy, path, overwrite: true);
    }

    private void AssertRefused(string file, string why, string? passphrase)
    {
        var refused = Assert.Throws<CommandException>(() => _box.Restore(file, Target, passphrase));

        Assert.That(refused!.Message, Does.Contain(file).And.Contain(why));
        Assert.That(refused.Message.Split('\n'), Has.Length.EqualTo(1));
        Assert.That(Path.Exists(Target), Is.False);
    }
}
