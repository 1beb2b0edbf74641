using MiniKube.Api;
using MiniKube.Store;
using NUnit.Framework;

namespace MiniKube.Testing;

public abstract partial class ResourceStoreContract
{
    [Test, CancelAfter(20_000)]
    public async Task A_list_is_in_key_order_and_within_its_range(CancellationToken cancellationToken)
    {
        ResourceKey[] keys =
        [
            Drafts.Pod("b"), Drafts.Pod("a", "kube"), Drafts.Pod("a"), Drafts.Pod("c", "def"), new("nodes", "", "n"), Drafts.Pod("b-1"),
            new("pods.metrics", "default", "m"),
        ];
        foreach (var key in keys)
        {
            await CreateAsync(key, "x", cancellationToken);
        }

        var all = Store.List(new ListRequest(Pods));
        var some = Store.List(new ListRequest(Pods with { Namespace = "default" }));
        var none = Store.List(new ListRequest(new KeyRange("secrets")));

        Assert.That(all.Objects.Select(static item => item.Key), Is.EqualTo(
            new[] { Drafts.Pod("c", "def"), Drafts.Pod("a"), Drafts.Pod("b"), Drafts.Pod("b-1"), Drafts.Pod("a", "kube") }));
        Assert.That(NamesOf(some), Is.EqualTo(new[] { "a", "b", "b-1" }));
        Assert.That(none.Objects, Is.Empty);
        Assert.That(new[] { all.Revision, some.Revision, none.Revision }, Is.All.EqualTo(new Revision(keys.Length)));
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(64)]
    [TestCase(1000)]
    public async Task Pages_together_are_the_list(int limit)
    {
        const int Count = 300;
        await Parallel.ForAsync(0, Count, async (index, token) => await CreateAsync(Drafts.Pod($"pod-{index:D4}"), "x", token));
        await CreateAsync(Drafts.Pod("other", "aaa"), "x", CancellationToken.None);
        await CreateAsync(Drafts.Pod("other", "zzz"), "x", CancellationToken.None);
        var range = Pods with { Namespace = "default" };

        var names = new List<string>();
        ResourceKey? after = null;
        long remaining;
        do
        {
            var page = Store.List(new ListRequest(range, After: after, Limit: limit));
            names.AddRange(NamesOf(page));
            after = page.Objects[^1].Key;
            remaining = page.Remaining;
            Assert.That(remaining, Is.EqualTo(Count - names.Count));
        }
        while (remaining > 0);

        Assert.That(names, Is.EqualTo(Enumerable.Range(0, Count).Select(static index => $"pod-{index:D4}")));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_page_can_start_behind_an_object_that_is_gone(CancellationToken cancellationToken)
    {
        await CreateManyAsync(3, cancellationToken);
        var second = Store.Find(Drafts.Pod("pod-0001"))!;
        await Store.DeleteAsync(second.Key, second.Revision, cancellationToken);

        var page = Store.List(new ListRequest(Pods, After: second.Key));

        Assert.That(NamesOf(page), Is.EqualTo(new[] { "pod-0002" }));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_list_at_a_past_revision_is_what_the_list_was_then(CancellationToken cancellationToken)
    {
        var random = new Random(11);
        var lists = new List<ListResult> { Store.List(new ListRequest(Pods)) };
        for (var step = 0; step < 400; step++)
        {
            await WriteSomethingAsync(random, cancellationToken);
            lists.Add(Store.List(new ListRequest(Pods)));
        }

        foreach (var then in lists)
        {
            var again = Store.List(new ListRequest(Pods, At: then.Revision));

            Assert.That(again.Revision, Is.EqualTo(then.Revision));
            Assert.That(again.Objects, Is.EqualTo(then.Objects));
        }
    }

    [Test, CancelAfter(20_000)]
    public async Task Lists_before_the_compacted_revision_or_in_the_future_are_expired(CancellationToken cancellationToken)
    {
        await CreateManyAsync(5, cancellationToken);
        await Store.CompactAsync(new Revision(3), cancellationToken);

        Assert.That(Store.Compacted, Is.EqualTo(new Revision(3)));
        Assert.That(Store.List(new ListRequest(Pods, At: new Revision(3))).Objects, Has.Count.EqualTo(3));
        Assert.That(Store.List(new ListRequest(Pods, At: new Revision(5))).Objects, Has.Count.EqualTo(5));
        AssertExpired(() => Store.List(new ListRequest(Pods, At: new Revision(2))), "too old resource version: 2 (3)");
        AssertExpired(() => Store.List(new ListRequest(Pods, At: new Revision(6))), "Too large resource version: 6, current: 5");
    }

    [Test, CancelAfter(20_000)]
    public async Task Compacting_beyond_the_present_or_backwards_changes_nothing_else(CancellationToken cancellationToken)
    {
        await CreateManyAsync(4, cancellationToken);

        await Store.CompactAsync(new Revision(100), cancellationToken);
        await Store.CompactAsync(new Revision(1), cancellationToken);

        Assert.That(Store.Compacted, Is.EqualTo(new Revision(4)));
        Assert.That(Store.List(new ListRequest(Pods, At: new Revision(4))).Objects, Has.Count.EqualTo(4));
    }

    private static void AssertExpired(Action action, string message)
    {
        var error = Assert.Throws<ApiException>(() => action());

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.Expired));
        Assert.That(error.Message, Is.EqualTo(message));
    }

    private async Task WriteSomethingAsync(Random random, CancellationToken cancellationToken)
    {
        var key = random.Next(4) == 0
            ? new ResourceKey("nodes", "", $"n{random.Next(5)}")
            : Drafts.Pod($"p{random.Next(30)}", $"ns{random.Next(3)}");
        var value = $"{random.Next()}";
        if (Store.Find(key) is not { } last)
        {
            await Store.CreateAsync(key, Drafts.Of(value), cancellationToken);
        }
        else if (random.Next(3) == 0)
        {
            await Store.DeleteAsync(key, last.Revision, cancellationToken);
        }
        else
        {
            await Store.UpdateAsync(key, last.Revision, Drafts.Of(value), cancellationToken);
        }
    }
}
