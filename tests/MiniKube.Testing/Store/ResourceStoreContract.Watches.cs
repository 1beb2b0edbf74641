using MiniKube.Api;
using MiniKube.Store;
using NUnit.Framework;

namespace MiniKube.Testing;

public abstract partial class ResourceStoreContract
{
    [Test, CancelAfter(20_000)]
    public async Task A_watch_tells_every_event_after_its_revision_in_order(CancellationToken cancellationToken)
    {
        await CreateAsync(Drafts.Pod("before"), "x", cancellationToken);
        var created = await CreateAsync(Drafts.Pod("a"), "one", cancellationToken);
        var updated = await UpdateAsync(created, "two", cancellationToken);
        var deleted = await Store.DeleteAsync(updated.Key, updated.Revision, cancellationToken);

        var events = await WatchAsync(Pods, new Revision(1), 3, cancellationToken);

        Assert.That(events, Is.EqualTo(new[]
        {
            new StoreEvent(StoreEventType.Created, created, null),
            new StoreEvent(StoreEventType.Modified, updated, created),
            new StoreEvent(StoreEventType.Deleted, deleted!, updated),
        }));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_tells_only_what_lies_in_its_range(CancellationToken cancellationToken)
    {
        await CreateAsync(Drafts.Pod("a", "one"), "x", cancellationToken);
        await CreateAsync(Drafts.Pod("b", "two"), "x", cancellationToken);
        await CreateAsync(new ResourceKey("nodes", "", "n"), "x", cancellationToken);
        await CreateAsync(Drafts.Pod("c", "one"), "x", cancellationToken);

        var events = await WatchAsync(Pods with { Namespace = "one" }, Revision.Zero, 2, cancellationToken);

        Assert.That(events.Select(static one => one.Object.Key.Name), Is.EqualTo(new[] { "a", "c" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_waiting_watch_is_woken_by_the_next_write(CancellationToken cancellationToken)
    {
        var watching = WatchAsync(Pods, Revision.Zero, 2, cancellationToken);
        await CreateAsync(new ResourceKey("nodes", "", "n"), "x", cancellationToken);
        Assert.That(watching.IsCompleted, Is.False);

        await CreateManyAsync(2, cancellationToken);

        Assert.That(await watching, Has.Count.EqualTo(2));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_from_a_revision_to_come_starts_behind_it(CancellationToken cancellationToken)
    {
        var watching = WatchAsync(Pods, new Revision(3), 1, cancellationToken);

        await CreateManyAsync(4, cancellationToken);

        Assert.That((await watching)[0].Object.Revision, Is.EqualTo(new Revision(4)));
    }

    [Test, CancelAfter(60_000)]
    public async Task All_watches_see_the_same_history_under_concurrent_writes(CancellationToken cancellationToken)
    {
        const int Writers = 8;
        const int Each = 40;
        var watches = Enumerable.Range(0, 20)
            .Select(_ => WatchAsync(Pods, Revision.Zero, Writers * Each, cancellationToken))
            .ToArray();

        await Parallel.ForAsync(0, Writers, cancellationToken, async (writer, token) =>
        {
            for (var index = 0; index < Each; index++)
            {
                await CreateAsync(Drafts.Pod($"p{writer}-{index}"), "x", token);
            }
        });

        foreach (var events in await Task.WhenAll(watches))
        {
            Assert.That(
                events.Select(static one => one.Object.Revision.Value),
                Is.EqualTo(Enumerable.Range(1, Writers * Each).Select(static value => (long)value)));
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_list_and_the_watch_after_it_make_the_present(CancellationToken cancellationToken)
    {
        var random = new Random(17);
        var range = Pods with { Namespace = "ns1" };
        var lists = new List<ListResult>();
        for (var step = 0; step < 300; step++)
        {
            lists.Add(Store.List(new ListRequest(range)));
            await WriteSomethingAsync(random, cancellationToken);
        }

        var last = await CreateAsync(Drafts.Pod("last", "ns1"), "x", cancellationToken);
        var present = Store.List(new ListRequest(range)).Objects;

        foreach (var list in lists)
        {
            Assert.That(await FollowAsync(list, range, last.Revision, cancellationToken), Is.EqualTo(present));
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Reads_in_the_past_are_exact_or_expired_while_others_write_and_compact(CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadTwice(done.Token), cancellationToken)).ToArray();

        await Parallel.ForAsync(0, 6, cancellationToken, async (writer, token) =>
        {
            var random = new Random(writer);
            for (var step = 0; step < 150; step++)
            {
                await WriteSomethingAsync(random, token);
                if (step % 20 == 19)
                {
                    await Store.CompactAsync(new Revision(Store.Current.Value - 30), token);
                }
            }
        });
        await done.CancelAsync();

        Assert.That(await Task.WhenAll(reading), Is.All.GreaterThan(0));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_cancelled_watch_ends(CancellationToken cancellationToken)
    {
        using var stopping = new CancellationTokenSource();
        var watching = WatchAsync(Pods, Revision.Zero, 1, stopping.Token);

        await stopping.CancelAsync();

        Assert.ThrowsAsync<OperationCanceledException>(() => watching);
    }

    [Test, CancelAfter(20_000)]
    public async Task Watches_end_when_the_store_closes(CancellationToken cancellationToken)
    {
        var watching = WatchAsync(Pods, Revision.Zero, 1, cancellationToken);

        await Store.DisposeAsync();

        var error = Assert.ThrowsAsync<ApiException>(() => watching);
        Assert.That(error!.Reason, Is.EqualTo(StatusReason.ServiceUnavailable));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_from_before_the_compacted_revision_is_expired(CancellationToken cancellationToken)
    {
        await CreateManyAsync(5, cancellationToken);
        await Store.CompactAsync(new Revision(3), cancellationToken);

        var error = Assert.ThrowsAsync<ApiException>(() => WatchAsync(Pods, new Revision(2), 1, cancellationToken));
        var events = await WatchAsync(Pods, new Revision(3), 2, cancellationToken);

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.Expired));
        Assert.That(error.Message, Is.EqualTo("too old resource version: 2 (3)"));
        Assert.That(events, Has.Count.EqualTo(2));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_watch_slower_than_compaction_is_expired(CancellationToken cancellationToken)
    {
        await CreateManyAsync(1, cancellationToken);
        await using var slow = Store.WatchAsync(Pods, Revision.Zero, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await slow.MoveNextAsync();
        await Parallel.ForAsync(
            0, 200, cancellationToken, async (index, token) => await CreateAsync(Drafts.Pod($"q{index}"), "x", token));

        await Store.CompactAsync(Store.Current, cancellationToken);

        var error = Assert.ThrowsAsync<ApiException>(async () => await slow.MoveNextAsync());
        Assert.That(error!.Reason, Is.EqualTo(StatusReason.Expired));
    }

    [Test, CancelAfter(60_000)]
    public async Task Compaction_does_not_end_a_watch_in_whose_range_nothing_happened(CancellationToken cancellationToken)
    {
        var watching = WatchAsync(new KeyRange("nodes"), Revision.Zero, 1, cancellationToken);
        await Parallel.ForAsync(
            0, 200, cancellationToken, async (index, token) => await CreateAsync(Drafts.Pod($"q{index}"), "x", token));
        await Store.CompactAsync(Store.Current, cancellationToken);

        var node = await CreateAsync(new ResourceKey("nodes", "", "n"), "x", cancellationToken);

        Assert.That((await watching)[0].Object, Is.SameAs(node));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_without_events_is_told_of_progress(CancellationToken cancellationToken)
    {
        await using var idle = Store.WatchAsync(new KeyRange("nodes"), Revision.Zero, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        var next = idle.MoveNextAsync().AsTask();
        await CreateManyAsync(3, cancellationToken);
        Assert.That(next.IsCompleted, Is.False);

        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.That(await next, Is.True);
        Assert.That(idle.Current.Events.Length, Is.Zero);
        Assert.That(idle.Current.UpTo, Is.EqualTo(new Revision(3)));
    }

    [Test, CancelAfter(20_000)]
    public async Task History_is_dropped_when_it_is_five_minutes_old(CancellationToken cancellationToken)
    {
        await CreateManyAsync(3, cancellationToken);
        Time.Advance(TimeSpan.FromMinutes(4));
        await CreateAsync(Drafts.Pod("later"), "x", cancellationToken);
        Assert.That(Store.Compacted, Is.EqualTo(Revision.Zero));

        Time.Advance(TimeSpan.FromMinutes(2));
        var afterSix = Store.Compacted;
        Time.Advance(TimeSpan.FromMinutes(4));

        Assert.That(afterSix.Value, Is.InRange(1, 3));
        Assert.That(Store.Compacted, Is.EqualTo(new Revision(4)));
        Assert.That(Store.List(new ListRequest(Pods)).Objects, Has.Count.EqualTo(4));
    }

    /// <summary>Applies events to a list, as every informer does.</summary>
    private async Task<IEnumerable<StoredObject>> FollowAsync(
        ListResult list, KeyRange range, Revision last, CancellationToken cancellationToken)
    {
        var objects = new SortedDictionary<ResourceKey, StoredObject>(list.Objects.ToDictionary(static item => item.Key));
        await foreach (var batch in Store.WatchAsync(range, list.Revision, cancellationToken))
        {
            foreach (var (type, item, _) in batch.Events.ToArray())
            {
                if (type == StoreEventType.Deleted)
                {
                    objects.Remove(item.Key);
                }
                else
                {
                    objects[item.Key] = item;
                }
            }

            if (batch.UpTo >= last)
            {
                break;
            }
        }

        return objects.Values;
    }

    /// <summary>Reads the present, then the same revision as a past one, over and over; returns how often both could be had.</summary>
    private int ReadTwice(CancellationToken cancellationToken)
    {
        var compared = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = Store.List(new ListRequest(Pods));
            for (var age = 0; age < 20; age++)
            {
                try
                {
                    Assert.That(Store.List(new ListRequest(Pods, At: now.Revision)).Objects, Is.EqualTo(now.Objects));
                    compared++;
                }
                catch (ApiException expired) when (expired.Reason == StatusReason.Expired)
                {
                    break;
                }
            }
        }

        return compared;
    }
}
