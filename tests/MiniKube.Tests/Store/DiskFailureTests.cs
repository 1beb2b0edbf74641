using MiniKube.Api;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class DiskFailureTests
{
    [TestCase(DiskOperation.Write)]
    [TestCase(DiskOperation.Flush)]
    [CancelAfter(20_000)]
    public async Task A_write_the_disk_does_not_take_is_never_acknowledged(DiskOperation failing, CancellationToken cancellationToken)
    {
        var disk = new FakeDisk();
        await using var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment);
        await store.CreateAsync(Drafts.Pod("before"), Drafts.Of("x"), cancellationToken);
        disk.Fault = (operation, _) => operation == failing ? new IOException("No space left on device") : null;

        var error = Assert.ThrowsAsync<ApiException>(
            async () => await store.CreateAsync(Drafts.Pod("a"), Drafts.Of("x"), cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.InternalError));
        Assert.That(error.Message, Does.Contain("No space left on device").And.Contain("restart"));
        Assert.That(store.Current, Is.EqualTo(new Revision(1)));
        Assert.That(store.Find(Drafts.Pod("a")), Is.Null);
        Assert.That(store.Find(Drafts.Pod("before")), Is.Not.Null);
    }

    [Test, CancelAfter(20_000)]
    public async Task No_write_is_taken_after_one_has_failed(CancellationToken cancellationToken)
    {
        var disk = new FakeDisk();
        await using (var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment))
        {
            await store.CreateAsync(Drafts.Pod("before"), Drafts.Of("x"), cancellationToken);
            disk.Fault = static (operation, _) => operation == DiskOperation.Flush ? new IOException("Input/output error") : null;
            Assert.ThrowsAsync<ApiException>(
                async () => await store.CreateAsync(Drafts.Pod("a"), Drafts.Of("x"), cancellationToken));
            disk.Fault = static (_, _) => null;

            Assert.ThrowsAsync<ApiException>(
                async () => await store.CreateAsync(Drafts.Pod("b"), Drafts.Of("x"), cancellationToken));
        }

        // The flush failed, but the bytes may be there: the write is whole or absent.
        await using var again = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment);
        Assert.That(again.Current.Value, Is.InRange(1, 2));
        Assert.That(again.Find(Drafts.Pod("b")), Is.Null);
        Assert.That(await again.CreateAsync(Drafts.Pod("b"), Drafts.Of("x"), cancellationToken), Is.Not.Null);
    }

    [Test, CancelAfter(60_000)]
    public async Task Writers_that_wait_together_fail_together(CancellationToken cancellationToken)
    {
        var disk = new FakeDisk { Fault = static (operation, _) => operation == DiskOperation.Flush ? new IOException("broken") : null };
        await using var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment);

        var writes = Enumerable.Range(0, 50)
            .Select(index => Task.Run(
                async () => await store.CreateAsync(Drafts.Pod($"p{index}"), Drafts.Of("x"), cancellationToken), cancellationToken))
            .ToArray();

        foreach (var write in writes)
        {
            Assert.ThrowsAsync<ApiException>(() => write);
        }

        Assert.That(store.Current, Is.EqualTo(Revision.Zero));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_answer_that_rests_on_a_write_waits_for_that_write(CancellationToken cancellationToken)
    {
        var disk = new FakeDisk();
        using var held = new ManualResetEventSlim();
        disk.Fault = (operation, _) =>
        {
            if (operation == DiskOperation.Flush)
            {
                held.Wait(cancellationToken);
            }

            return null;
        };
        await using var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.OneSegment);

        var first = store.CreateAsync(Drafts.Pod("a"), Drafts.Of("first"), cancellationToken);
        var second = store.CreateAsync(Drafts.Pod("a"), Drafts.Of("second"), cancellationToken);
        Assert.That(first.IsCompleted || second.IsCompleted, Is.False);
        Assert.That(store.Find(Drafts.Pod("a")), Is.Null);
        held.Set();

        Assert.That(await first, Is.Not.Null);
        Assert.That(await second, Is.Null);
        Assert.That(store.Find(Drafts.Pod("a")), Is.Not.Null);
    }
}
