using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

/// <summary>Who gets a seat, who waits, who is told to come back.</summary>
public sealed class LevelQueueTests
{
    private const int QueueLengthMax = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();

    [Test, CancelAfter(30_000)]
    public async Task Requests_beyond_the_seats_wait_and_get_in_one_by_one(CancellationToken cancellationToken)
    {
        var level = LevelOf(seats: 2, pool: new SeatPool(0));
        await EnterAsync(level, "a", cancellationToken);
        await EnterAsync(level, "a", cancellationToken);

        var third = EnterAsync(level, "a", cancellationToken);
        var hadToWait = !third.IsCompleted && level.Waiting == 1;
        level.Leave();
        await third;

        Assert.That(hadToWait);
        Assert.That(level.Waiting, Is.Zero);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_flow_that_floods_is_refused_past_its_queues_while_another_still_gets_its_turn(CancellationToken cancellationToken)
    {
        var level = LevelOf(seats: 1, pool: new SeatPool(0));
        await EnterAsync(level, "flood", cancellationToken);
        var waiting = new List<Task>();
        ApiException? refused = null;
        while (refused is null)
        {
            var next = EnterAsync(level, "flood", cancellationToken);
            refused = next.Exception?.GetBaseException() as ApiException;
            waiting.Add(next);
        }

        var other = EnterAsync(level, "other-flow", cancellationToken);
        for (var served = 0; served < 8; served++)
        {
            level.Leave();
        }

        await other; // Queues take turns, they are not one line: seven may be filled.

        Assert.That(refused, Has.Property("Reason").EqualTo(StatusReason.TooManyRequests).And.Property("RetryAfterSeconds").EqualTo(1));
        Assert.That(waiting, Has.Count.InRange(QueueLengthMax, (6 * QueueLengthMax) + 1));
    }

    [Test, CancelAfter(30_000)]
    public async Task Who_waits_too_long_or_goes_away_leaves_no_seat_behind(CancellationToken cancellationToken)
    {
        var level = LevelOf(seats: 1, pool: new SeatPool(0));
        await EnterAsync(level, "a", cancellationToken);
        using var gone = new CancellationTokenSource();

        var patient = EnterAsync(level, "a", cancellationToken);
        var leaving = EnterAsync(level, "a", gone.Token);
        await gone.CancelAsync();
        _time.Advance(Patience);

        Assert.That(async () => await leaving, Throws.InstanceOf<OperationCanceledException>());
        var refused = Assert.ThrowsAsync<ApiException>(async () => await patient);
        Assert.That(refused!.Reason, Is.EqualTo(StatusReason.TooManyRequests));
        Assert.That(level.Waiting, Is.Zero);
        level.Leave();
        await EnterAsync(level, "a", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task Seats_that_a_level_does_not_need_are_lent_and_come_back(CancellationToken cancellationToken)
    {
        var pool = new SeatPool(1);
        var busy = LevelOf(seats: 1, pool);
        var other = LevelOf(seats: 1, pool);
        await EnterAsync(busy, "a", cancellationToken);
        await EnterAsync(busy, "a", cancellationToken);
        await EnterAsync(other, "b", cancellationToken);

        var second = EnterAsync(other, "b", cancellationToken);
        var hadToWait = !second.IsCompleted;
        busy.Leave();
        await second;

        Assert.That(hadToWait, "the one seat of the pool was lent");
        Assert.That(EnterAsync(busy, "a", cancellationToken).IsCompleted, Is.False, "it is lent to the other level now");
    }

    private static LevelQueue LevelOf(int seats, SeatPool pool) => new(new FlowLevel("test", 1, 0), seats, pool);

    private Task EnterAsync(LevelQueue level, string flow, CancellationToken cancellationToken)
        => level.EnterAsync(flow, Patience, _time, cancellationToken).AsTask();
}
