using System.Diagnostics;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// The revision a reader of history has come to, and those who wait for it to come further. Thread-safe.
/// </summary>
internal sealed class RevisionGate
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
    private long _reached;

    public Revision Reached => new(Volatile.Read(ref _reached));

    public void Advance(Revision revision)
    {
        List<TaskCompletionSource> there = [];
        lock (_gate)
        {
            if (revision.Value > _reached)
            {
                Volatile.Write(ref _reached, revision.Value);
                TakeReachedLocked(there);
            }
        }

        there.ForEach(static one => one.TrySetResult());
    }

    public Task WaitAsync(Revision revision, CancellationToken cancellationToken)
    {
        if (Reached >= revision)
        {
            return Task.CompletedTask;
        }

        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (Reached >= revision)
            {
                return Task.CompletedTask;
            }

            _waiting.Enqueue(source, revision.Value);
        }

        return source.Task.WaitAsync(cancellationToken);
    }

    private void TakeReachedLocked(List<TaskCompletionSource> there)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "only with the lock");
        while (_waiting.TryPeek(out var source, out var revision) && revision <= _reached)
        {
            _waiting.Dequeue();
            there.Add(source);
        }
    }
}
