using MiniKube.Api;
using MiniKube.Store;
using NUnit.Framework;

namespace MiniKube.Testing;

public abstract partial class ResourceStoreContract
{
    [Test, CancelAfter(60_000)]
    public async Task A_reopened_store_has_everything_as_it_was(CancellationToken cancellationToken)
    {
        var random = new Random(5);
        for (var step = 0; step < 300; step++)
        {
            await WriteSomethingAsync(random, cancellationToken);
        }

        var before = Store.List(new ListRequest(Pods));
        await ReopenAsync(cancellationToken);
        var after = Store.List(new ListRequest(Pods));

        Assert.That(after.Revision, Is.EqualTo(before.Revision));
        Assert.That(after.Objects.Select(Everything), Is.EqualTo(before.Objects.Select(Everything)));
        Assert.That((await CreateAsync(Drafts.Pod("next"), "x", cancellationToken)).Revision, Is.EqualTo(before.Revision.Next));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_object_is_deleted_when_its_time_has_come(CancellationToken cancellationToken)
    {
        var kept = await CreateAsync(Drafts.Pod("kept"), "x", cancellationToken);
        var mortal = await CreateAsync(Drafts.Pod("mortal"), "x", cancellationToken, TimeSpan.FromHours(1));
        Time.Advance(TimeSpan.FromMinutes(59));
        Assert.That(Store.Find(mortal.Key), Is.SameAs(mortal));

        Time.Advance(TimeSpan.FromMinutes(1));

        var events = await WatchAsync(Pods, mortal.Revision, 1, cancellationToken);
        Assert.That(events[0].Type, Is.EqualTo(StoreEventType.Deleted));
        Assert.That(Store.Find(mortal.Key), Is.Null);
        Assert.That(Store.Find(kept.Key), Is.SameAs(kept));
    }

    [Test, CancelAfter(20_000)]
    public async Task The_last_write_decides_how_long_an_object_lives(CancellationToken cancellationToken)
    {
        var forEver = await CreateAsync(Drafts.Pod("for-ever"), "x", cancellationToken, TimeSpan.FromMinutes(1));
        await UpdateAsync(forEver, "y", cancellationToken);
        var longer = await CreateAsync(Drafts.Pod("longer"), "x", cancellationToken, TimeSpan.FromMinutes(1));
        await UpdateAsync(longer, "y", cancellationToken, TimeSpan.FromMinutes(10));
        var shorter = await CreateAsync(Drafts.Pod("shorter"), "x", cancellationToken, TimeSpan.FromMinutes(10));
        await UpdateAsync(shorter, "y", cancellationToken, TimeSpan.FromMinutes(1));
        var before = Store.Current;

        Time.Advance(TimeSpan.FromMinutes(2));
        var first = await WatchAsync(Pods, before, 1, cancellationToken);
        Time.Advance(TimeSpan.FromMinutes(9));
        var second = await WatchAsync(Pods, before.Next, 1, cancellationToken);

        Assert.That(first[0].Object.Key, Is.EqualTo(shorter.Key));
        Assert.That(second[0].Object.Key, Is.EqualTo(longer.Key));
        Assert.That(NamesOf(Store.List(new ListRequest(Pods))), Is.EqualTo(new[] { "for-ever" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task The_time_to_live_goes_on_over_a_restart(CancellationToken cancellationToken)
    {
        var mortal = await CreateAsync(Drafts.Pod("mortal"), "x", cancellationToken, TimeSpan.FromMinutes(10));
        var overdue = await CreateAsync(Drafts.Pod("overdue"), "x", cancellationToken, TimeSpan.FromMinutes(2));
        await Store.DisposeAsync();
        Time.Advance(TimeSpan.FromMinutes(5));
        await ReopenAsync(cancellationToken);

        var first = await WatchAsync(Pods, overdue.Revision, 1, cancellationToken);
        Assert.That(Store.Find(mortal.Key), Is.Not.Null);
        Time.Advance(TimeSpan.FromMinutes(5));
        var second = await WatchAsync(Pods, overdue.Revision.Next, 1, cancellationToken);

        Assert.That(first[0].Object.Key, Is.EqualTo(overdue.Key));
        Assert.That(second[0].Object.Key, Is.EqualTo(mortal.Key));
    }

    protected static (ResourceKey, Revision, Revision, string, int, DateTimeOffset?) Everything(StoredObject item)
        => (item.Key, item.Revision, item.Created, Drafts.TextOf(item), item.RevisionAt, item.Expires);
}
