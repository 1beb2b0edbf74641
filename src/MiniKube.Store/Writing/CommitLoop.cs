using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// The one thread that writes: takes everything that waits, makes it durable with one flush, shows it to readers,
/// answers the writers, wakes the watchers. The first failure ends all writing: what the disk has is then unknown until
/// the next start.
/// </summary>
internal sealed partial class CommitLoop
{
    private readonly Sequencer _sequencer;
    private readonly JournalFile _journal;
    private readonly StoreMemory _memory;
    private readonly Action<IReadOnlyList<Change>> _committed;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly List<Change> _changes = [];
    private readonly HashSet<string> _touched = [];

    /// <param name="sequencer">Where writes wait.</param>
    /// <param name="journal">Where they are made durable.</param>
    /// <param name="memory">Where they become visible.</param>
    /// <param name="committed">
    /// Called on the writer thread for each commit before its writers are answered: must be quick.
    /// </param>
    /// <param name="logger">For the failure.</param>
    public CommitLoop(
        Sequencer sequencer,
        JournalFile journal,
        StoreMemory memory,
        Action<IReadOnlyList<Change>> committed,
        ILogger logger)
    {
        _sequencer = sequencer;
        _journal = journal;
        _memory = memory;
        _committed = committed;
        _logger = logger;
        _thread = new Thread(Run) { Name = "store-writer", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Makes durable what waits, then ends. Writes that come later get the error.</summary>
    public void Stop(Exception refusal)
    {
        _sequencer.Refuse(refusal);
        _thread.Join();
    }

    private void Run()
    {
        while (_sequencer.TakeWaiting() is { } writes)
        {
            try
            {
                Commit(writes);
            }
            catch (Exception error)
            {
                // Whatever it was, acknowledging anything after it could acknowledge a write that is lost.
                Fail(writes, error);
            }
        }
    }

    private void Commit(List<PendingWrite> writes)
    {
        _changes.Clear();
        _changes.AddRange(writes.Select(static write => write.Change).OfType<Change>());
        if (_changes.Count > 0)
        {
            _journal.Append(_changes);
            _memory.Publish(_changes);
            _committed(_changes);
        }

        foreach (var write in writes)
        {
            write.Complete();
        }

        if (_changes.Count > 0)
        {
            WakeWatchers();
        }
    }

    private void WakeWatchers()
    {
        _touched.Clear();
        foreach (var change in _changes)
        {
            _touched.Add(change.Resource);
        }

        _memory.Wake(_touched);
    }

    private void Fail(List<PendingWrite> writes, Exception error)
    {
        Log.WriteFailed(_logger, error);
        var refusal = new ApiException(
            StatusReason.InternalError,
            $"the store takes no more writes since one failed: {error.Message}; "
            + "put the disk right and restart the server");
        _sequencer.Refuse(refusal);
        foreach (var write in writes)
        {
            write.Fail(refusal);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1010, LogLevel.Critical, "A write failed; the store takes no more writes until it is restarted")]
        public static partial void WriteFailed(ILogger logger, Exception error);
    }
}
