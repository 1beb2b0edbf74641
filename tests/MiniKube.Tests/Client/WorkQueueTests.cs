using Microsoft.Extensions.Time.Testing;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests.Client;

public sealed class WorkQueueTests
{
    private readonly FakeTimeProvider _time = new();

    [Test, CancelAfter(10_000)]
    public async Task A_key_added_twice_is_taken_once(CancellationToken cancellationToken)
    {
        using var queue = NewQueue();
        queue.Add("a");
        queue.Add("a");

        await queue.TakeAsync(cancellationToken);

        Assert.That(queue.Count, Is.Zero);
    }

    [Test, CancelAfter(10_000)]
    public async Task A_key_added_while_it_is_worked_on_waits_until_that_work_is_done(CancellationToken cancellationToken)
    {
        using var queue = NewQueue();
        queue.Add("a");
        var key = await queue.TakeAsync(cancellationToken);

        queue.Add("a");
        var before = queue.Count;
        queue.Done(key);

        Assert.That(before, Is.Zero);
        Assert.That(queue.Count, Is.EqualTo(1));
    }

    [Test]
    public void A_delayed_key_comes_when_its_time_has_come()
    {
        using var queue = NewQueue();
        queue.AddAfter("a", TimeSpan.FromSeconds(10));

        _time.Advance(TimeSpan.FromSeconds(9.9));
        var early = queue.Count;
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.That(early, Is.Zero);
        Assert.That(queue.Count, Is.EqualTo(1));
    }

    [Test]
    public void Of_two_delays_the_shorter_counts_and_the_key_comes_once()
    {
        using var queue = NewQueue();
        queue.AddAfter("a", TimeSpan.FromSeconds(10));
        queue.AddAfter("a", TimeSpan.FromSeconds(2));
        queue.AddAfter("a", TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(2));
        var first = queue.Count;
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.That(first, Is.EqualTo(1));
        Assert.That(queue.Count, Is.EqualTo(1));
    }

    [Test]
    public void Keys_with_different_delays_come_in_the_order_of_their_times()
    {
        using var queue = NewQueue();
        queue.AddAfter("late", TimeSpan.FromSeconds(3));
        queue.AddAfter("soon", TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromSeconds(1));
        var first = queue.Count;
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.That(first, Is.EqualTo(1));
        Assert.That(queue.Count, Is.EqualTo(2));
    }

    [TestCase(1, 5)]
    [TestCase(2, 10)]
    [TestCase(5, 80)]
    [TestCase(40, 1_000_000)]
    public void Retries_wait_twice_as_long_each_time_up_to_1000_seconds(int failures, double milliseconds)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1_000), new Random(7));

        var delay = backoff.DelayAfter(failures).TotalMilliseconds;

        Assert.That(delay, Is.InRange(0.9 * milliseconds, milliseconds));
    }

    [Test, CancelAfter(10_000)]
    public async Task No_key_is_worked_on_twice_at_once_and_none_is_lost(CancellationToken cancellationToken)
    {
        using var queue = new WorkQueue<int>(TimeProvider.System, new Random(7));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var busy = new int[10];
        var version = new int[10];
        var seen = new int[10];
        var overlaps = 0;
        var running = queue.RunAsync(4, async (key, _) =>
        {
            overlaps += Interlocked.Increment(ref busy[key]) - 1;
            seen[key] = Volatile.Read(ref version[key]);
            await Task.Yield();
            Interlocked.Decrement(ref busy[key]);
        }, stop.Token);

        await Parallel.ForAsync(0, 5_000, cancellationToken, (number, _) =>
        {
            Interlocked.Increment(ref version[number % 10]);
            queue.Add(number % 10);
            return ValueTask.CompletedTask;
        });

        await Eventually.HoldsAsync("every key's last state is seen", () => seen.SequenceEqual(version), cancellationToken);
        await stop.CancelAsync();
        Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => running);
        Assert.That(overlaps, Is.Zero);
    }

    [Test, CancelAfter(10_000)]
    public void Work_that_throws_ends_the_run_with_its_exception(CancellationToken cancellationToken)
    {
        using var queue = NewQueue();
        queue.Add("a");

        Assert.ThrowsAsync<InvalidOperationException>(
            () => queue.RunAsync(2, (_, _) => throw new InvalidOperationException("bug"), cancellationToken));
    }

    private WorkQueue<string> NewQueue() => new(_time, new Random(7));
}
