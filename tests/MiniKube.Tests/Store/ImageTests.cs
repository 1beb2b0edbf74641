using MiniKube.Api;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class ImageTests
{
    private const string DamagedEvent = "1030 ";
    private const string FailedEvent = "1032 ";

    private static readonly KeyRange Pods = new("pods");

    [Test, CancelAfter(60_000)]
    public async Task A_damaged_image_is_replaced_by_the_one_before_and_the_journal(CancellationToken cancellationToken)
    {
        var (disk, expected) = await WithImagesAsync(2, cancellationToken);
        var newest = ImagesOf(disk)[^1];
        var whole = disk.ReadAll(newest);

        for (var at = 0; at < whole.Length; at += 997)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x10;
            await AssertFallsBackAsync(disk, newest, damaged, expected);
        }

        await AssertFallsBackAsync(disk, newest, [], expected);
        await AssertFallsBackAsync(disk, newest, whole[..^1], expected);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_start_is_refused_and_changes_nothing_when_both_images_are_damaged(CancellationToken cancellationToken)
    {
        var (disk, _) = await WithImagesAsync(2, cancellationToken);
        foreach (var image in ImagesOf(disk))
        {
            disk.WriteAll(image, [1, 2, 3]);
        }

        var before = disk.List().ToDictionary(static name => name, disk.ReadAll);
        var error = Assert.Throws<StoreException>(() => StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.SmallSegment));

        Assert.That(error!.Message, Does.StartWith("all images are damaged").And.Contain(ImagesOf(disk)[0]).And.Contain("backup"));
        Assert.That(disk.List().ToDictionary(static name => name, disk.ReadAll), Is.EqualTo(before));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_first_image_can_be_done_without(CancellationToken cancellationToken)
    {
        var disk = new FakeDisk();
        string[] expected;
        await using (var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.SmallSegment))
        {
            disk.Fault = FailSecondImage();
            await WriteAsync(store, () => ImagesOf(disk).Length == 1, cancellationToken);
            expected = StateOf(store);
        }

        await AssertFallsBackAsync(disk, ImagesOf(disk)[0], [], expected);
    }

    [Test, CancelAfter(60_000)]
    public async Task The_journal_goes_on_after_a_fallback(CancellationToken cancellationToken)
    {
        var (disk, expected) = await WithImagesAsync(2, cancellationToken);
        var damaged = ImagesOf(disk)[^1];
        disk.WriteAll(damaged, []);

        await using (var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.SmallSegment))
        {
            await WriteAsync(store, () => ImagesOf(disk).Length == 2 && !ImagesOf(disk).Contains(damaged), cancellationToken);
            expected = StateOf(store);
        }

        await using var again = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.SmallSegment);
        Assert.That(StateOf(again), Is.EqualTo(expected));
    }

    [Test, CancelAfter(60_000)]
    public async Task Writing_goes_on_when_an_image_cannot_be_written(CancellationToken cancellationToken)
    {
        var disk = new FakeDisk { Fault = FailImages(DiskOperation.Write) };
        var log = new RecordedLog();
        await using var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.SmallSegment, loggers: log);
        await WriteAsync(store, () => HasFailed(log), cancellationToken);
        Assert.That(ImagesOf(disk), Is.Empty);

        disk.Fault = static (_, _) => null;
        await WriteAsync(store, () => ImagesOf(disk).Length > 0, cancellationToken);
    }

    [TestCase(DiskOperation.Flush)]
    [TestCase(DiskOperation.Create)]
    [TestCase(DiskOperation.Rename)]
    [CancelAfter(60_000)]
    public async Task A_failed_image_leaves_what_was_there(DiskOperation operation, CancellationToken cancellationToken)
    {
        var (disk, _) = await WithImagesAsync(1, cancellationToken);
        var log = new RecordedLog();
        disk.Fault = FailImages(operation);
        string[] expected;
        await using (var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.SmallSegment, loggers: log))
        {
            await WriteAsync(store, () => HasFailed(log), cancellationToken);
            expected = StateOf(store);
        }

        disk.Fault = static (_, _) => null;
        await using var again = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.SmallSegment);
        Assert.That(StateOf(again), Is.EqualTo(expected));
        Assert.That(disk.List(), Has.None.EqualTo(ImageName.Unfinished));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_disk_holds_less_than_twice_the_live_data_and_a_segment(CancellationToken cancellationToken)
    {
        const int Segment = 128 * 1024;
        var disk = new FakeDisk();
        await using var store = StoreOnFakeDisk.Open(disk, Segment);
        var random = new Random(3);
        long most = 0;
        for (var round = 0; round < 200; round++)
        {
            await Parallel.ForAsync(0, 6, cancellationToken, async (index, token) =>
            {
                var key = Drafts.Pod($"pod-{index}-of-{round % 10}");
                var draft = Drafts.Of(PodLike(random, bytes: 15_000));
                _ = store.Find(key) is { } last
                    ? await store.UpdateAsync(key, last.Revision, draft, token)
                    : await store.CreateAsync(key, draft, token);
            });

            // Writers are not slowed down for an image, so the promise is for those who leave it the time.
            await Eventually.HoldsAsync(
                "no image is being written", () => !disk.List().Contains(ImageName.Unfinished), cancellationToken);
            most = Math.Max(most, round < 10 ? 0 : disk.Bytes);
        }

        var live = store.List(new ListRequest(Pods)).Objects.Sum(static item => (long)item.Json.Length);
        Assert.That(most, Is.LessThan((2 * live) + Segment));
        Assert.That(ImagesOf(disk), Has.Length.EqualTo(2));
    }

    private static async Task AssertFallsBackAsync(FakeDisk disk, string image, byte[] damaged, string[] expected)
    {
        var copy = disk.Copy();
        copy.WriteAll(image, damaged);
        var log = new RecordedLog();

        await using var store = StoreOnFakeDisk.Open(copy, StoreOnFakeDisk.SmallSegment, loggers: log);

        Assert.That(StateOf(store), Is.EqualTo(expected));
        Assert.That(log.Lines.FirstOrDefault(), Does.StartWith(DamagedEvent).And.Contain(image));
    }

    /// <summary>Like objects of the API: many of the same words, some values that are new each time.</summary>
    private static string PodLike(Random random, int bytes)
    {
        lock (random)
        {
            return string.Concat(Enumerable.Range(0, bytes / 50).Select(
                index => $"terminationMessagePath-/dev/termination-log-{index % 10}-{random.Next(1000):D4}"[..50]));
        }
    }

    private static Func<DiskOperation, string, Exception?> FailImages(DiskOperation failing)
        => (operation, name) => operation == failing && name == ImageName.Unfinished
            ? new IOException("No space left on device")
            : null;

    private static bool HasFailed(RecordedLog log)
        => log.Lines.Any(static line => line.StartsWith(FailedEvent, StringComparison.Ordinal));

    private static Func<DiskOperation, string, Exception?> FailSecondImage()
    {
        var begun = 0;
        return (operation, name) =>
            operation == DiskOperation.Create && name == ImageName.Unfinished && Interlocked.Increment(ref begun) > 1
                ? new IOException("No space left on device")
                : null;
    }

    private static string[] ImagesOf(FakeDisk disk) => [.. disk.List().Where(static name => ImageName.TryParse(name, out _))];

    private static string[] StateOf(ResourceStore store)
        => [$"{store.Current}", .. store.List(new ListRequest(Pods)).Objects.Select(Drafts.TextOf)];

    /// <summary>A disk with images and a journal after them, and what a store on it holds.</summary>
    private static async Task<(FakeDisk Disk, string[] State)> WithImagesAsync(int images, CancellationToken cancellationToken)
    {
        var disk = new FakeDisk();
        await using var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.SmallSegment);
        await WriteAsync(store, () => ImagesOf(disk).Length >= images, cancellationToken);
        return (disk, StateOf(store));
    }

    private static async Task WriteAsync(ResourceStore store, Func<bool> isEnough, CancellationToken cancellationToken)
    {
        for (var write = 0; !isEnough(); write++)
        {
            var key = Drafts.Pod($"p{write % 10}");
            var draft = Drafts.Of($"value-{write}");
            _ = store.Find(key) is { } last
                ? await store.UpdateAsync(key, last.Revision, draft, cancellationToken)
                : await store.CreateAsync(key, draft, cancellationToken);
        }

        await store.CreateAsync(Drafts.Pod($"last-{store.Current}"), Drafts.Of("in the journal only"), cancellationToken);
    }
}
