using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>Secrets on the disk: encrypted, under keys that change while everything runs, and never lost over it.</summary>
public sealed class SecretEncryptionTests
{
    private const string Value = "correct-horse-battery-staple-of-the-test";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 3, 0, 0, TimeSpan.Zero));
    private readonly TemporaryDirectory _directory = new();

    private string Root => _directory.At("data");

    private string Store => Path.Combine(Root, "store");

    private SnapshotFolder Snapshots => new(SnapshotFolder.Of(Root));

    [SetUp]
    public void MakeRoot()
    {
        Directory.CreateDirectory(Root);
        File.WriteAllText(Path.Combine(Root, "cluster.json"), """{"clusterCidr":"10.42.0.0/16","serviceCidr":"10.43.0.0/16"}""");
    }

    [TearDown]
    public void RemoveRoot() => _directory.Dispose();

    [Test, CancelAfter(60_000)]
    public async Task A_value_is_in_no_file_but_comes_back(CancellationToken cancellationToken)
    {
        await using (var opened = await OpenAsync(cancellationToken))
        {
            await WriteAsync(opened.Store, "a", cancellationToken);
            await opened.Store.RewriteAsync(cancellationToken);
            await WriteAsync(opened.Store, "b", cancellationToken);
            await TakeSnapshotAsync(opened, cancellationToken);
        }

        var files = Directory.GetFiles(Root, "*", SearchOption.AllDirectories);
        Assert.That(files, Has.Some.EndsWith(".litedb").And.Some.EndsWith(".snapshot"));
        Assert.That(files.Where(static file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.ASCII.GetBytes(Value)) >= 0), Is.Empty);
        Assert.That(SealUsage.Of(Store, "secrets", cancellationToken), Has.Property("Plain").EqualTo(0));
        await using var again = await OpenAsync(cancellationToken);
        Assert.That(ValueOf(again.Store, "a"), Does.Contain(Value));
        Assert.That(ValueOf(again.Store, "b"), Does.Contain(Value));
        Assert.That(File.GetUnixFileMode(SecretKeyFile.PathIn(Root)), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(60_000)]
    public async Task A_rotation_leaves_one_key_that_opens_everything(bool writesMeanwhile, CancellationToken cancellationToken)
    {
        string before;
        await using (var opened = await OpenAsync(cancellationToken))
        {
            await WriteAsync(opened.Store, "a", cancellationToken);
            before = opened.Seal.WritingKey;
            var rotating = opened.Encryption.RotateAsync(cancellationToken);
            for (var at = 0; writesMeanwhile && at < 50; at++)
            {
                await WriteAsync(opened.Store, $"during-{at}", cancellationToken);
            }

            await rotating;
        }

        var keys = SecretKeyFile.Find(Root)!;
        Assert.That(keys.Keys, Has.Length.EqualTo(1));
        Assert.That(keys.Keys[0].Id, Is.Not.EqualTo(before));
        Assert.That(keys.IsRewriting, Is.False);
        Assert.That(SealUsage.Of(Store, "secrets", cancellationToken).Sealed.Keys, Is.EqualTo([keys.Keys[0].Id]));
        await using var again = await OpenAsync(cancellationToken);
        Assert.That(ValueOf(again.Store, "a"), Does.Contain(Value));
        Assert.That(again.Store.List(new ListRequest(new KeyRange("secrets"))).Objects, Has.Count.EqualTo(writesMeanwhile ? 51 : 1));
    }

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(60_000)]
    public async Task A_rotation_that_a_crash_interrupts_is_finished_by_the_next_start(
        bool isRewritten, CancellationToken cancellationToken)
    {
        await using (var opened = await OpenAsync(cancellationToken))
        {
            await WriteAsync(opened.Store, "a", cancellationToken);
            opened.Seal.Keep(new SecretKeyFile([SecretKey.Make(_time.GetUtcNow()), .. opened.Seal.File.Keys], IsRewriting: true));
            await WriteAsync(opened.Store, "b", cancellationToken);
            await (isRewritten ? opened.Store.RewriteAsync(cancellationToken) : Task.CompletedTask);
        }

        await using (var again = await OpenAsync(cancellationToken))
        {
            Assert.That(ValueOf(again.Store, "a"), Does.Contain(Value));
            await again.Encryption.FinishAsync(cancellationToken);
            Assert.That(again.Seal.File.Keys, Has.Length.EqualTo(1));
            Assert.That(again.Seal.File.IsRewriting, Is.False);
        }

        await using var last = await OpenAsync(cancellationToken);
        Assert.That(ValueOf(last.Store, "a") + ValueOf(last.Store, "b"), Does.Contain(Value));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_store_that_was_never_encrypted_is_at_its_next_start(CancellationToken cancellationToken)
    {
        await using (var plain = await ResourceStore.OpenAsync(
            new StoreOptions { Directory = Store }, _time, NullLoggerFactory.Instance, cancellationToken))
        {
            await WriteAsync(plain, "a", cancellationToken);
        }

        await using var opened = await OpenAsync(cancellationToken);
        var found = opened.Encryption.Status(cancellationToken).Plain;
        await opened.Encryption.FinishAsync(cancellationToken);

        Assert.That(found, Is.EqualTo(1));
        Assert.That(ValueOf(opened.Store, "a"), Does.Contain(Value));
        Assert.That(opened.Encryption.Status(cancellationToken).Plain, Is.Zero);
        Assert.That(opened.Seal.File.IsRewriting, Is.False);
    }

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(60_000)]
    public async Task A_start_without_the_right_key_is_refused_and_changes_nothing(bool hasAnother, CancellationToken cancellationToken)
    {
        string id;
        await using (var opened = await OpenAsync(cancellationToken))
        {
            await WriteAsync(opened.Store, "a", cancellationToken);
            await opened.Store.RewriteAsync(cancellationToken);
            id = opened.Seal.WritingKey;
        }

        File.Delete(SecretKeyFile.PathIn(Root));
        if (hasAnother)
        {
            new SecretKeyFile([SecretKey.Make(_time.GetUtcNow())], IsRewriting: false).Save(Root);
        }

        var before = FilesOf(Root);
        var refused = Assert.ThrowsAsync<StoreException>(async () => await OpenAsync(cancellationToken));

        Assert.That(refused!.Message, Does.Contain(id).And.Contain(SecretKeyFile.PathIn(Root)).And.Not.Contain("\n"));
        Assert.That(FilesOf(Root), Is.EqualTo(before));
    }

    [Test]
    public void A_damaged_key_file_is_refused_in_one_line()
    {
        var key = SecretKey.Make(_time.GetUtcNow());
        new SecretKeyFile([key with { Secret = new byte[SecretKey.SecretBytes] }], IsRewriting: false).Save(Root);

        var refused = Assert.Throws<CommandException>(() => SecretSeal.Open(Root, _time));

        Assert.That(refused!.Message, Does.Contain(SecretKeyFile.Name).And.Not.Contain("\n"));
    }

    [Test]
    public void A_value_opens_only_as_the_object_it_was_written_for()
    {
        var seal = SecretSeal.Open(Root, _time);
        var value = seal.Seal(KeyOf("a"), "{}"u8);
        var changed = value.ToArray();
        changed[^1] ^= 1;

        Assert.That(seal.Open(KeyOf("a"), value), Is.EqualTo("{}"u8.ToArray()));
        Assert.Throws<StoreException>(() => seal.Open(KeyOf("b"), value));
        Assert.Throws<StoreException>(() => seal.Open(KeyOf("a"), changed));
        Assert.Throws<StoreException>(() => seal.Open(KeyOf("a"), value.AsSpan()[..^30]));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_snapshot_without_keys_keeps_its_key_and_is_restored_where_that_is(CancellationToken cancellationToken)
    {
        string path;
        await using (var opened = await OpenAsync(cancellationToken))
        {
            await WriteAsync(opened.Store, "a", cancellationToken);
            path = await TakeSnapshotAsync(opened, cancellationToken);
            await opened.Encryption.RotateAsync(cancellationToken);
            Assert.That(opened.Seal.File.Keys, Has.Length.EqualTo(2), "the snapshot needs the first");
        }

        var elsewhere = _directory.At("elsewhere");
        var refused = Assert.Throws<CommandException>(() => Restore(path, elsewhere, withoutKeys: false));
        var without = Restore(path, elsewhere, withoutKeys: true);
        var here = new SnapshotRestore(Root, _time).Run(path, null, withoutKeys: false, force: true, cancellationToken);

        Assert.That(refused!.Message, Does.Contain("1 Secrets").And.Contain("--without-keys"));
        Assert.That(without.SecretsLost, Is.EqualTo(1));
        Assert.That(here.SecretsLost, Is.Zero);
        await using var again = await OpenAsync(cancellationToken);
        Assert.That(ValueOf(again.Store, "a"), Does.Contain(Value));
        File.Delete(path);
        await again.Encryption.ReencryptAsync(cancellationToken);
        Assert.That(again.Seal.File.Keys, Has.Length.EqualTo(1), "nothing needs the first any more");
    }

    private static RestoredSnapshot Restore(string file, string into, bool withoutKeys)
        => new SnapshotRestore(into, TimeProvider.System).Run(file, null, withoutKeys, force: false, CancellationToken.None);

    private static ResourceKey KeyOf(string name) => new("secrets", "default", name);

    private static async Task WriteAsync(ResourceStore store, string name, CancellationToken cancellationToken)
    {
        const string json = """{"metadata":{"resourceVersion":""},"data":{"password":"VALUE"}}""";
        var bytes = Encoding.UTF8.GetBytes(json.Replace("VALUE", Value, StringComparison.Ordinal));
        await store.CreateAsync(KeyOf(name), new ObjectDraft(bytes, json.IndexOf("\"\"", StringComparison.Ordinal) + 1), cancellationToken);
    }

    private static string ValueOf(ResourceStore store, string name) => Encoding.UTF8.GetString(store.Find(KeyOf(name))!.Json.Span);

    private async Task<string> TakeSnapshotAsync(Opened opened, CancellationToken cancellationToken)
    {
        using var taker = new SnapshotTaker(opened.Store.Capture, () => opened.Seal.WritingKey, Root, Snapshots, "n1", _time);
        return (await taker.TakeAsync(new SnapshotRequest("s", null, null, false), SnapshotManifest.OnDemand, cancellationToken)).Path;
    }

    private async Task<Opened> OpenAsync(CancellationToken cancellationToken)
    {
        var seal = SecretSeal.Open(Root, _time);
        var store = await ResourceStore.OpenAsync(
            new StoreOptions { Directory = Store, Seal = seal }, _time, NullLoggerFactory.Instance, cancellationToken);
        return new Opened(store, seal, new SecretEncryption(Root, store, seal, () => Snapshots, _time));
    }

    // The lock's owner is written at every try.
    private static Dictionary<string, byte[]> FilesOf(string root)
        => Directory.GetFiles(root, "*", SearchOption.AllDirectories)
            .Where(static file => Path.GetFileName(file) is not ("lock" or "owner.pid"))
            .ToDictionary(static file => file, File.ReadAllBytes);

    private sealed record Opened(ResourceStore Store, SecretSeal Seal, SecretEncryption Encryption) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Store.DisposeAsync();
    }
}
