using MiniKube.Api;
using MiniKube.Store;
using NUnit.Framework;

namespace MiniKube.Testing;

public abstract partial class ResourceStoreContract
{
    [Test, CancelAfter(20_000)]
    public async Task A_created_object_carries_its_revision_in_its_json(CancellationToken cancellationToken)
    {
        var created = await CreateAsync(Drafts.Pod("a"), "one", cancellationToken);

        Assert.That(created.Revision, Is.EqualTo(new Revision(1)));
        Assert.That(Drafts.TextOf(created), Is.EqualTo(Drafts.Json("one", 1)));
        Assert.That(Store.Find(Drafts.Pod("a")), Is.SameAs(created));
        Assert.That(Store.Current, Is.EqualTo(created.Revision));
    }

    [Test, CancelAfter(20_000)]
    public async Task Revisions_count_the_writes_of_all_resources(CancellationToken cancellationToken)
    {
        var pod = await CreateAsync(Drafts.Pod("a"), "1", cancellationToken);
        var node = await CreateAsync(new ResourceKey("nodes", "", "a"), "2", cancellationToken);
        var updated = await UpdateAsync(pod, "3", cancellationToken);
        var deleted = await Store.DeleteAsync(node.Key, node.Revision, cancellationToken);

        Assert.That(
            new[] { pod, node, updated, deleted! }.Select(static item => item.Revision.Value), Is.EqualTo(new long[] { 1, 2, 3, 4 }));
        Assert.That(updated.Created, Is.EqualTo(pod.Revision));
    }

    [Test, CancelAfter(20_000)]
    public async Task Creating_a_taken_key_is_refused_and_takes_no_revision(CancellationToken cancellationToken)
    {
        var first = await CreateAsync(Drafts.Pod("a"), "first", cancellationToken);

        var second = await Store.CreateAsync(first.Key, Drafts.Of("second"), cancellationToken);

        Assert.That(second, Is.Null);
        Assert.That(Store.Find(first.Key), Is.SameAs(first));
        Assert.That(Store.Current, Is.EqualTo(first.Revision));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_write_to_another_revision_than_the_newest_is_refused(CancellationToken cancellationToken)
    {
        var first = await CreateAsync(Drafts.Pod("a"), "first", cancellationToken);
        var second = await UpdateAsync(first, "second", cancellationToken);

        var update = await Store.UpdateAsync(first.Key, first.Revision, Drafts.Of("stale"), cancellationToken);
        var updateTooHigh = await Store.UpdateAsync(first.Key, second.Revision.Next, Drafts.Of("stale"), cancellationToken);
        var delete = await Store.DeleteAsync(first.Key, first.Revision, cancellationToken);
        var missing = await Store.UpdateAsync(Drafts.Pod("b"), second.Revision, Drafts.Of("x"), cancellationToken);

        Assert.That(new[] { update, updateTooHigh, delete, missing }, Is.All.Null);
        Assert.That(Store.Find(first.Key), Is.SameAs(second));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_deletion_returns_the_last_state_at_the_revision_of_the_deletion(CancellationToken cancellationToken)
    {
        await CreateManyAsync(9, cancellationToken);
        var created = await CreateAsync(Drafts.Pod("a"), "last", cancellationToken);

        var deleted = await Store.DeleteAsync(created.Key, created.Revision, cancellationToken);

        Assert.That(Drafts.TextOf(deleted!), Is.EqualTo(Drafts.Json("last", 11)));
        Assert.That(deleted!.Created, Is.EqualTo(created.Revision));
        Assert.That(Store.Find(created.Key), Is.Null);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_key_can_be_created_again_after_its_deletion(CancellationToken cancellationToken)
    {
        var first = await CreateAsync(Drafts.Pod("a"), "first", cancellationToken);
        await Store.DeleteAsync(first.Key, first.Revision, cancellationToken);

        var again = await CreateAsync(first.Key, "again", cancellationToken);

        Assert.That(again.Created, Is.EqualTo(new Revision(3)));
    }

    [TestCase(0)]
    [TestCase(5)]
    [TestCase(10_000)]
    public void A_draft_without_an_empty_revision_is_refused(int revisionAt)
    {
        var draft = Drafts.Of("x") with { RevisionAt = revisionAt };

        Assert.ThrowsAsync<ArgumentException>(
            async () => await Store.CreateAsync(Drafts.Pod("a"), draft, CancellationToken.None));
        Assert.That(Store.Current, Is.EqualTo(Revision.Zero));
    }

    [Test, CancelAfter(20_000)]
    public void A_write_cancelled_before_it_began_does_not_happen(CancellationToken cancellationToken)
    {
        var cancelled = new CancellationToken(canceled: true);

        Assert.ThrowsAsync<OperationCanceledException>(
            async () => await Store.CreateAsync(Drafts.Pod("a"), Drafts.Of("x"), cancelled));
        Assert.That(Store.Current, Is.EqualTo(Revision.Zero));
    }

    [Test, CancelAfter(60_000)]
    public async Task Concurrent_updates_lose_nothing(CancellationToken cancellationToken)
    {
        const int Writers = 16;
        const int Increments = 25;
        var counter = Drafts.Pod("counter");
        await CreateAsync(counter, "0", cancellationToken);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(IncrementAsync, cancellationToken)));

        Assert.That(Drafts.TextOf(Store.Find(counter)!), Does.Contain($"\"value\":\"{Writers * Increments}\""));
        Assert.That(Store.Current, Is.EqualTo(new Revision(1 + (Writers * Increments))));

        async Task IncrementAsync()
        {
            for (var done = 0; done < Increments;)
            {
                var now = Store.Find(counter)!;
                var next = ValueOf(now) + 1;
                var written = await Store.UpdateAsync(counter, now.Revision, Drafts.Of($"{next}"), cancellationToken);
                done += written is null ? 0 : 1;
            }
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task A_write_can_be_read_as_soon_as_it_is_acknowledged(CancellationToken cancellationToken)
    {
        await Parallel.ForAsync(0, 200, cancellationToken, async (index, token) =>
        {
            var created = await CreateAsync(Drafts.Pod($"p{index}"), "x", token);

            Assert.That(Store.Find(created.Key), Is.SameAs(created));
            Assert.That(Store.Current, Is.GreaterThanOrEqualTo(created.Revision));
        });
    }

    [Test, CancelAfter(20_000)]
    public async Task A_closed_store_refuses_writes(CancellationToken cancellationToken)
    {
        await Store.DisposeAsync();

        var error = Assert.ThrowsAsync<ApiException>(
            async () => await Store.CreateAsync(Drafts.Pod("a"), Drafts.Of("x"), cancellationToken));
        Assert.That(error!.Reason, Is.EqualTo(StatusReason.ServiceUnavailable));
    }

    private static int ValueOf(StoredObject item)
    {
        using var json = System.Text.Json.JsonDocument.Parse(item.Json);
        return int.Parse(json.RootElement.GetProperty("value").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }
}
