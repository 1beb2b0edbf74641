using System.Diagnostics;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// The requests of one level: as many at once as it has seats and can borrow, the others in queues that take turns. A flow uses the
/// shortest of a few queues that its name picks, so one that floods fills those few and leaves the others alone. Thread-safe.
/// </summary>
internal sealed class LevelQueue
{
    // A flow has 6 queues, so 1,200 of its requests may wait: a thousand clients of one user are served, more are told to come back.
    private const int QueueLengthMax = 200;

    private readonly FlowLevel _level;
    private readonly int _seats;
    private readonly SeatPool _pool;
    private readonly LinkedList<TaskCompletionSource>[] _queues;
    private int _running;
    private int _waiting;
    private int _turn;

    /// <param name="level">Whose requests.</param>
    /// <param name="seats">Seats nobody else gets.</param>
    /// <param name="pool">Seats it may borrow.</param>
    public LevelQueue(FlowLevel level, int seats, SeatPool pool)
    {
        _level = level;
        _seats = seats;
        _pool = pool;
        pool.Add(this);
        _queues = [.. Enumerable.Range(0, level.Queues).Select(static _ => new LinkedList<TaskCompletionSource>())];
    }

    /// <summary>Requests that wait now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Takes a seat, or waits for one. Who has one gives it back by <see cref="Leave"/>.</summary>
    /// <exception cref="ApiException">TooManyRequests: the flow's queues are full, or the wait took too long.</exception>
    public async ValueTask EnterAsync(string flow, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> place;
        lock (_pool.Gate)
        {
            if (_waiting == 0 && (_running < _seats || _pool.TryTakeLocked()))
            {
                _running++;
                return;
            }

            place = EnqueueLocked(flow);
        }

        try
        {
            await place.Value.Task.WaitAsync(patience, time, cancellationToken);
        }
        catch (Exception gone) when (gone is TimeoutException or OperationCanceledException)
        {
            GiveUp(place);
            throw gone is TimeoutException ? TooMany() : gone;
        }
    }

    /// <summary>Gives a seat back: its own to who waits here, a borrowed one to who waits anywhere.</summary>
    public void Leave()
    {
        TaskCompletionSource? next;
        lock (_pool.Gate)
        {
            var isBorrowed = _running > _seats;
            _running--;
            next = isBorrowed ? _pool.PassOnLocked() : LetInLocked();
        }

        next?.SetResult();
    }

    /// <summary>Gives a seat to who waits in the queue whose turn it is; null when nobody does.</summary>
    public TaskCompletionSource? LetInLocked()
    {
        Debug.Assert(_pool.Gate.IsHeldByCurrentThread);
        var next = TakeNextLocked();
        _running += next is null ? 0 : 1;
        return next;
    }

    private static ApiException TooMany()
        => new(StatusReason.TooManyRequests, "Too many requests, please try again later.") { RetryAfterSeconds = 1 };

    private LinkedListNode<TaskCompletionSource> EnqueueLocked(string flow)
    {
        Debug.Assert(_pool.Gate.IsHeldByCurrentThread);
        var shortest = HandOf(flow).MinBy(static queue => queue.Count)!;
        if (shortest.Count >= QueueLengthMax)
        {
            throw TooMany();
        }

        _waiting++;
        return shortest.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    // The same queues for the same flow, and rarely the same for two.
    private IEnumerable<LinkedList<TaskCompletionSource>> HandOf(string flow)
    {
        for (var card = 0; card < _level.HandSize; card++)
        {
            yield return _queues[(int)((uint)HashCode.Combine(flow, card) % (uint)_queues.Length)];
        }
    }

    private TaskCompletionSource? TakeNextLocked()
    {
        Debug.Assert(_pool.Gate.IsHeldByCurrentThread);
        for (var tried = 0; _waiting > 0 && tried < _queues.Length; tried++)
        {
            _turn = (_turn + 1) % _queues.Length;
            if (_queues[_turn].First is { } first)
            {
                _queues[_turn].RemoveFirst();
                _waiting--;
                return first.Value;
            }
        }

        return null;
    }

    // Who was let in at the same moment has a seat to give back.
    private void GiveUp(LinkedListNode<TaskCompletionSource> place)
    {
        lock (_pool.Gate)
        {
            if (place.List is { } queue)
            {
                queue.Remove(place);
                _waiting--;
                return;
            }
        }

        Leave();
    }
}
