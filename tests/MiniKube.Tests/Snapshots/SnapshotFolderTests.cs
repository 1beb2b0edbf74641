using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>Snapshots in a directory: names, crashes, the schedule and retention.</summary>
public sealed class SnapshotFolderTests
{
    private SnapshotBox _box = null!;

    private SnapshotFolder Folder => _box.Taker.Folder;

    [SetUp]
    public async Task CreateBoxAsync() => _box = await SnapshotBox.CreateAsync(CancellationToken.None);

    [TearDown]
    public async Task DisposeBoxAsync() => await _box.DisposeAsync();

    [Test, CancelAfter(60_000)]
    public async Task The_list_tells_what_each_snapshot_is_of(CancellationToken cancellationToken)
    {
        await _box.AddPodAsync("a", cancellationToken);
        await _box.TakeAsync(cancellationToken, name: "mine", passphrase: SnapshotBox.Passphrase);
        await File.WriteAllTextAsync(Path.Combine(Folder.Path, "broken.snapshot"), "no snapshot", cancellationToken);

        var list = Folder.List();

        Assert.That(list.Select(static one => one.Name), Is.EqualTo(["mine", "broken"]));
        Assert.That(list[0].Manifest, Is.Not.Null);
        Assert.That(
            (list[0].Manifest!.ClusterId, list[0].Manifest!.Revision, list[0].Manifest!.ObjectCount, list[0].Manifest!.HasKeys),
            Is.EqualTo((SnapshotBox.ClusterId, 2L, 2, true)));
        Assert.That(list[1].Damage, Is.Not.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_name_that_is_taken_is_refused_and_the_snapshot_of_that_name_stays(CancellationToken cancellationToken)
    {
        var first = await _box.TakeAsync(cancellationToken, name: "mine");
        var before = await File.ReadAllBytesAsync(first.Path, cancellationToken);

        var refused = Assert.ThrowsAsync<CommandException>(() => _box.TakeAsync(cancellationToken, name: "mine"));

        Assert.That(refused!.Message, Does.Contain("already"));
        Assert.That(await File.ReadAllBytesAsync(first.Path, cancellationToken), Is.EqualTo(before));
    }

    [TestCase("")]
    [TestCase("../x")]
    [TestCase(".x")]
    [TestCase("a/b")]
    public void A_name_that_is_a_path_is_refused(string name)
        => Assert.ThrowsAsync<CommandException>(() => _box.TakeAsync(CancellationToken.None, name: name));

    [Test, CancelAfter(60_000)]
    public async Task What_a_crash_left_half_written_is_not_listed_and_goes_with_the_next(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder.Path);
        var abandoned = Path.Combine(Folder.Path, "abandoned.snapshot-partial");
        var another = Path.Combine(Folder.Path, "another.snapshot-partial");
        await File.WriteAllTextAsync(abandoned, "half", cancellationToken);
        await using var writing = DurableFile.Create(another);

        var listed = Folder.List();
        await _box.TakeAsync(cancellationToken);

        Assert.That(listed, Is.Empty);
        Assert.That(File.Exists(abandoned), Is.False);
        Assert.That(File.Exists(another), "that one is being written by somebody");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_snapshot_that_fails_leaves_nothing(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder.Path);

        Assert.Throws<IOException>(() => Folder.Add("x", static file =>
        {
            file.Write("half"u8);
            throw new IOException("no space left on device");
        }));

        await _box.TakeAsync(cancellationToken, name: "next");
        Assert.That(Directory.EnumerateFiles(Folder.Path).Select(Path.GetFileName), Is.EqualTo(["next.snapshot"]));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_schedule_takes_snapshots_at_its_times_and_keeps_the_newest(CancellationToken cancellationToken)
    {
        var asked = await _box.TakeAsync(cancellationToken, name: "asked-for");
        await using var scheduler = Scheduler(retention: 2);
        await scheduler.StartAsync(cancellationToken);

        for (var hour = 4; hour <= 6; hour++)
        {
            Assert.That(scheduler.State.Next, Is.EqualTo(new DateTimeOffset(2026, 11, 25, hour, 0, 0, TimeSpan.Zero)));
            _box.Time.Advance(TimeSpan.FromHours(1));
            await Eventually.HoldsAsync("the snapshot is taken", () => scheduler.State.Next!.Value.Hour > hour, cancellationToken);
        }

        var list = Folder.List();
        Assert.That(list.Select(static one => one.Manifest!.Taken.Hour), Is.EqualTo([3, 5, 6]));
        Assert.That(list[0].Path, Is.EqualTo(asked.Path));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_scheduled_snapshot_that_fails_is_told_and_the_schedule_goes_on(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Folder.Path, "a file in the way", cancellationToken);
        await using var scheduler = Scheduler(retention: 2);
        await scheduler.StartAsync(cancellationToken);

        _box.Time.Advance(TimeSpan.FromHours(1));
        await Eventually.HoldsAsync("the failure is told", () => scheduler.State.Failure is not null, cancellationToken);
        File.Delete(Folder.Path);
        await Eventually.HoldsAsync("the next is due", () => scheduler.State.Next!.Value.Hour == 5, cancellationToken);
        _box.Time.Advance(TimeSpan.FromHours(1));
        await Eventually.HoldsAsync("the failure is over", () => scheduler.State.Failure is null, cancellationToken);

        Assert.That(scheduler.IsReady);
        Assert.That(Folder.List(), Has.Count.EqualTo(1));
    }

    [TestCase("0 */12 * * *", "2026-11-25T12:00:00Z")]
    [TestCase("30 2 * * 0", "2026-11-29T02:30:00Z")]
    [TestCase("@daily", "2026-11-26T00:00:00Z")]
    public void A_schedule_is_a_cron_expression(string text, string next)
        => Assert.That(
            SnapshotSchedule.Parse(text).Next(_box.Time.GetUtcNow(), TimeZoneInfo.Utc), Is.EqualTo(DateTimeOffset.Parse(next, null)));

    [Test]
    public void A_schedule_that_is_none_is_refused_saying_what_is_expected()
        => Assert.That(
            Assert.Throws<FormatException>(static () => SnapshotSchedule.Parse("every day"))!.Message, Does.Contain("0 */12 * * *"));

    [Test, CancelAfter(60_000)]
    public async Task Retention_spares_what_was_asked_for_and_other_clusters_and_pruning_does_not(CancellationToken cancellationToken)
    {
        await _box.TakeAsync(cancellationToken, name: "asked-for");
        await _box.TakeAsync(cancellationToken, name: "scheduled-1", origin: SnapshotManifest.Scheduled);
        _box.Time.Advance(TimeSpan.FromSeconds(1));
        await _box.TakeAsync(cancellationToken, name: "scheduled-2", origin: SnapshotManifest.Scheduled);
        var list = Folder.List();

        Assert.That(
            SnapshotRetention.Surplus(list, SnapshotBox.ClusterId, keep: 1).Select(static one => one.Name), Is.EqualTo(["scheduled-1"]));
        Assert.That(SnapshotRetention.Surplus(list, "another cluster", keep: 1), Is.Empty);
        Assert.That(
            SnapshotRetention.Prunable(list, keep: 1).Select(static one => one.Name), Is.EquivalentTo(["asked-for", "scheduled-1"]));
    }

    private SnapshotScheduler Scheduler(int retention) => new(
        SnapshotSchedule.Parse("0 * * * *"),
        new ServerSettings { DataDirectory = _box.Root, NodeName = "n1", SnapshotRetention = retention },
        _box.Taker,
        _box.Time,
        NullLoggerFactory.Instance);
}
