using MiniKube.Api;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>
/// Power losses at random moments under concurrent writes, with segments ending and images being written all the time:
/// what was acknowledged is there, what was not is there whole or not at all, and no revision is missing.
/// </summary>
public sealed class CrashTests
{
    private const int Writers = 6;
    private const int Generations = 4;

    private static IEnumerable<int> Seeds => Enumerable.Range(1, 40);

    [TestCaseSource(nameof(Seeds))]
    public async Task Nothing_acknowledged_is_lost_in_a_crash(int seed)
    {
        var random = new Random(seed);
        var disk = new FakeDisk();
        var keys = Enumerable.Range(0, Writers).Select(static index => new WrittenKey(Drafts.Pod($"p{index}"))).ToArray();

        for (var generation = 0; generation < Generations; generation++)
        {
            disk = await WriteUntilCrashAsync(disk, keys, random);
            await using var store = StoreOnFakeDisk.Open(disk, StoreOnFakeDisk.SmallSegment);

            foreach (var key in keys)
            {
                key.Settle(store);
            }

            Assert.That(store.Current.Value, Is.EqualTo(keys.Sum(static key => key.Happened)));
            await AssertGapFreeAsync(store);
        }
    }

    private static async Task<FakeDisk> WriteUntilCrashAsync(FakeDisk disk, WrittenKey[] keys, Random random)
    {
        var segment = random.Next(2) == 0 ? StoreOnFakeDisk.SmallSegment : 20 * StoreOnFakeDisk.SmallSegment;
        await using var store = StoreOnFakeDisk.Open(disk, segment);
        using var stopping = new CancellationTokenSource();
        var crash = new CrashAfter(random.Next(3) == 0 ? 1 : random.Next(1, 150));
        var writing = keys.Select(key => Task.Run(() => key.WriteAsync(store, crash, stopping.Token))).ToArray();

        crash.Count();

        await crash.Reached;
        var crashed = disk.Crashed(random, () => Array.ForEach(keys, static key => key.NoteAcknowledged()));
        await stopping.CancelAsync();
        await Task.WhenAll(writing);
        return crashed;
    }

    private static async Task AssertGapFreeAsync(ResourceStore store)
    {
        var next = store.Compacted.Next;
        if (next > store.Current)
        {
            return;
        }

        await foreach (var batch in store.WatchAsync(new KeyRange("pods"), store.Compacted, CancellationToken.None))
        {
            foreach (var written in batch.Events.ToArray())
            {
                Assert.That(written.Object.Revision, Is.EqualTo(next));
                next = next.Next;
            }

            if (batch.UpTo == store.Current)
            {
                return;
            }
        }
    }

    /// <summary>Counts events down to the moment of the crash: the start of writing and each acknowledgement.</summary>
    private sealed class CrashAfter(int events)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = events;

        public Task Reached => _reached.Task;

        public void Count()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                _reached.SetResult();
            }
        }
    }

    /// <summary>One writer's key: the states it had, one per write, null when deleted.</summary>
    private sealed class WrittenKey(ResourceKey key)
    {
        private readonly List<string?> _states = [null];
        private int _acknowledged;
        private int _mustHave;

        /// <summary>Writes that turned out to have happened.</summary>
        public int Happened { get; private set; }

        public async Task WriteAsync(ResourceStore store, CrashAfter crash, CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var next = NextState();
                lock (_states)
                {
                    _states.Add(next);
                }

                await WriteAsync(store, next);
                Interlocked.Increment(ref _acknowledged);
                crash.Count();
            }
        }

        /// <summary>What is acknowledged by now must survive the crash that follows.</summary>
        public void NoteAcknowledged() => _mustHave = Volatile.Read(ref _acknowledged);

        /// <summary>Finds the write that the store has last, and forgets what did not happen.</summary>
        public void Settle(ResourceStore store)
        {
            var item = store.Find(key);
            var state = item is null ? null : Drafts.TextOf(item);

            // A writer has one write under way at a time.
            var candidates = Enumerable.Range(_mustHave, Math.Min(2, _states.Count - _mustHave))
                .Where(at => IsAt(state, at))
                .ToArray();
            Assert.That(candidates, Is.Not.Empty, $"{key} has {state ?? "nothing"}, acknowledged was {_states[_mustHave] ?? "nothing"}");

            Happened = _acknowledged = _mustHave = candidates[0];
            _states.RemoveRange(Happened + 1, _states.Count - Happened - 1);
        }

        private bool IsAt(string? state, int at)
            => _states[at] is { } value ? state?.Contains($"\"{value}\"", StringComparison.Ordinal) == true : state is null;

        // Long enough to span sectors, unique, and gone now and then.
        private string? NextState()
            => _states.Count % 7 == 0 && _states[^1] is not null ? null : $"{_states.Count}-{new string('v', _states.Count * 37 % 900)}";

        private async Task WriteAsync(ResourceStore store, string? next)
        {
            var last = store.Find(key);
            var written = (last, next) switch
            {
                (null, not null) => await store.CreateAsync(key, Drafts.Of(next), CancellationToken.None),
                (not null, null) => await store.DeleteAsync(key, last.Revision, CancellationToken.None),
                _ => await store.UpdateAsync(key, last!.Revision, Drafts.Of(next!), CancellationToken.None),
            };
            Assert.That(written, Is.Not.Null);
        }
    }
}
