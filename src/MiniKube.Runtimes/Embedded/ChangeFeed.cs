using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MiniKube.Runtimes;

/// <summary>
/// Tells any number of readers which sandboxes changed. A sandbox waits at most once per reader, so a slow one costs no more
/// memory than there are sandboxes, and never misses the last change.
/// </summary>
internal sealed class ChangeFeed
{
    private readonly Lock _gate = new();
    private readonly List<Reader> _readers = [];

    public void Publish(RuntimeEvent change)
    {
        lock (_gate)
        {
            foreach (var reader in _readers)
            {
                if (reader.Waiting.Add(change.SandboxId))
                {
                    reader.Changes.Writer.TryWrite(change);
                }
            }
        }
    }

    public async IAsyncEnumerable<RuntimeEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new Reader([], Channel.CreateUnbounded<RuntimeEvent>());
        lock (_gate)
        {
            _readers.Add(reader);
        }

        try
        {
            await foreach (var change in reader.Changes.Reader.ReadAllAsync(cancellationToken))
            {
                lock (_gate)
                {
                    reader.Waiting.Remove(change.SandboxId);
                }

                yield return change;
            }
        }
        finally
        {
            lock (_gate)
            {
                _readers.Remove(reader);
            }
        }
    }

    private sealed record Reader(HashSet<string> Waiting, Channel<RuntimeEvent> Changes);
}
