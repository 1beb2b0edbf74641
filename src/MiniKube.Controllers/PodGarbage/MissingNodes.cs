using System.Collections.Concurrent;

namespace MiniKube.Controllers;

/// <summary>
/// Since when pods have named nodes that are not there. Thread-safe; bounded by the number of such names.
/// </summary>
internal sealed class MissingNodes(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = new();

    /// <summary>When the node was first missed: now, if it was not before.</summary>
    public DateTimeOffset Since(string node) => _since.GetOrAdd(node, _ => time.GetUtcNow());

    public void Forget(string node) => _since.TryRemove(node, out _);
}
