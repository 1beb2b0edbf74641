using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>A store copied out while it runs, and made again from the copy.</summary>
public sealed class StoreCaptureTests
{
    private readonly TemporaryDirectory _directory = new();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test, CancelAfter(60_000)]
    public async Task A_capture_has_what_was_there_at_its_moment_and_nothing_later(CancellationToken cancellationToken)
    {
        await using var store = await OpenAsync("first", cancellationToken);
        var kept = (await store.CreateAsync(Drafts.Pod("kept"), Drafts.Of("x"), cancellationToken))!;
        var capture = store.Capture();
        await store.DeleteAsync(kept.Key, kept.Revision, cancellationToken);
        await store.CreateAsync(Drafts.Pod("later"), Drafts.Of("y"), cancellationToken);

        await using var restored = await RestoreAsync(capture, "second", capture.Revision, cancellationToken);

        var pods = restored.List(new ListRequest(new KeyRange("pods"))).Objects;
        Assert.That(pods.Select(static pod => (pod.Key.Name, Drafts.TextOf(pod))), Is.EqualTo([("kept", Drafts.Json("x", 1))]));
        Assert.That(capture.Counts, Is.EqualTo(new Dictionary<string, int> { ["pods"] = 1 }));
    }

    [Test, CancelAfter(60_000)]
    public async Task Revisions_go_on_above_the_one_a_store_is_restored_at(CancellationToken cancellationToken)
    {
        await using var store = await OpenAsync("first", cancellationToken);
        var old = (await store.CreateAsync(Drafts.Pod("old"), Drafts.Of("x"), cancellationToken))!;
        await using var restored = await RestoreAsync(store.Capture(), "second", new Revision(5_000), cancellationToken);

        var next = await restored.CreateAsync(Drafts.Pod("new"), Drafts.Of("y"), cancellationToken);

        Assert.That(next!.Revision, Is.EqualTo(new Revision(5_001)));
        Assert.That(restored.Find(old.Key)!.Revision, Is.EqualTo(old.Revision));
        var gone = Assert.Throws<ApiException>(
            () => restored.List(new ListRequest(new KeyRange("pods"), At: old.Revision)));
        Assert.That(gone!.Reason, Is.EqualTo(StatusReason.Expired));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_restored_store_has_all_of_it_after_a_restart_too(CancellationToken cancellationToken)
    {
        await using (var store = await OpenAsync("first", cancellationToken))
        {
            await store.CreateAsync(Drafts.Pod("a"), Drafts.Of("x"), cancellationToken);
            await using var restored = await RestoreAsync(store.Capture(), "second", new Revision(100), cancellationToken);
            await restored.CreateAsync(Drafts.Pod("b"), Drafts.Of("y"), cancellationToken);
        }

        await using var again = await OpenAsync("second", cancellationToken);

        var pods = again.List(new ListRequest(new KeyRange("pods"))).Objects;
        Assert.That(pods.Select(static pod => (pod.Key.Name, pod.Revision.Value)), Is.EqualTo([("a", 1L), ("b", 101L)]));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_store_is_not_restored_over_another(CancellationToken cancellationToken)
    {
        await using var store = await OpenAsync("first", cancellationToken);
        var content = Content(Bytes(store.Capture(), cancellationToken), store.Current, cancellationToken);

        Assert.Throws<StoreException>(() => content.CreateStore(_directory.At("first"), store.Current, cancellationToken));
    }

    [Test, CancelAfter(60_000)]
    public async Task Records_that_are_cut_off_anywhere_are_refused(CancellationToken cancellationToken)
    {
        await using var store = await OpenAsync("first", cancellationToken);
        await store.CreateAsync(Drafts.Pod("a"), Drafts.Of("x"), cancellationToken);
        await store.CreateAsync(Drafts.Pod("b"), Drafts.Of("y"), cancellationToken);
        var whole = Bytes(store.Capture(), cancellationToken);
        var first = whole.Length / 2; // Both records are of the same length.

        var readable = Enumerable.Range(0, whole.Length + 1)
            .Where(length => IsReadable(whole.AsSpan(0, length).ToArray(), store.Current, cancellationToken));

        Assert.That(readable, Is.EqualTo([0, first, whole.Length]));
    }

    [TestCase(0, (byte)2, TestName = "A_record_of_a_deletion_is_refused")]
    [TestCase(1, (byte)9, TestName = "A_record_that_is_newer_than_the_capture_is_refused")]
    [TestCase(28, (byte)0x7f, TestName = "A_record_whose_revision_is_outside_its_json_is_refused")]
    [TestCase(32, (byte)0x7f, TestName = "A_record_of_an_impossible_length_is_refused")]
    public async Task A_record_that_cannot_be_is_refused(int at, byte value)
    {
        await using var store = await OpenAsync("first", CancellationToken.None);
        await store.CreateAsync(Drafts.Pod("a"), Drafts.Of("x"), CancellationToken.None);
        var bytes = Bytes(store.Capture(), CancellationToken.None);

        bytes[at] = value;

        Assert.That(IsReadable(bytes, store.Current, CancellationToken.None), Is.False);
    }

    private static byte[] Bytes(StoreCapture capture, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        capture.WriteTo(stream, cancellationToken);
        return stream.ToArray();
    }

    private static StoreContent Content(byte[] bytes, Revision revision, CancellationToken cancellationToken)
        => StoreContent.Read(new MemoryStream(bytes), revision, cancellationToken);

    private static bool IsReadable(byte[] bytes, Revision revision, CancellationToken cancellationToken)
    {
        try
        {
            Content(bytes, revision, cancellationToken);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private async Task<ResourceStore> RestoreAsync(
        StoreCapture capture, string name, Revision at, CancellationToken cancellationToken)
    {
        Content(Bytes(capture, cancellationToken), capture.Revision, cancellationToken)
            .CreateStore(_directory.At(name), at, cancellationToken);
        return await OpenAsync(name, cancellationToken);
    }

    private Task<ResourceStore> OpenAsync(string name, CancellationToken cancellationToken)
        => ResourceStore.OpenAsync(
            new StoreOptions { Directory = _directory.At(name) }, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
}
