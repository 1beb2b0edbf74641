using System.Collections.Concurrent;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Waits for the last object of kinds that are going, without holding anybody up: objects may have finalizers, and whoever sees to
/// them takes his time. Owns its tasks; <see cref="StopAsync"/> ends them.
/// </summary>
internal sealed class InstanceDrain(IResourceStore store, Action<string> emptied, CancellationToken stopping)
{
    private readonly ConcurrentDictionary<string, Task> _tasks = new();

    public bool IsEmpty(KeyRange range) => store.List(new ListRequest(range, Limit: 1)).Objects.Count == 0;

    /// <summary>Tells once when the range is empty. Following twice is following once.</summary>
    public void Follow(KeyRange range, string definition) => _tasks.GetOrAdd(definition, name => Task.Run(() => WaitAsync(range, name)));

    public async Task StopAsync()
    {
        foreach (var task in _tasks.Values)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WaitAsync(KeyRange range, string definition)
    {
        try
        {
            await WhenEmptyAsync(range);
        }
        catch (ApiException expired) when (expired.Reason == StatusReason.Expired)
        {
            // Slower than compaction: whoever is told looks again, and follows again if need be.
        }
        finally
        {
            _tasks.TryRemove(definition, out _);
        }

        emptied(definition);
    }

    private async Task WhenEmptyAsync(KeyRange range)
    {
        var revision = store.Current;
        if (IsEmpty(range))
        {
            return;
        }

        await foreach (var batch in store.WatchAsync(range, revision, stopping))
        {
            if (!batch.Events.IsEmpty && IsEmpty(range))
            {
                return;
            }
        }
    }
}
