namespace MiniKube.Controllers;

/// <summary>
/// Does the same thing many times, carefully at first: one at a time, and for every success one more at once. A quota
/// or an admission rule that refuses the first is asked once and not five hundred times, and nobody waits for the
/// slowest of a batch.
/// </summary>
internal static class SlowStart
{
    // Enough for the store to put many writes into one disk write; more would only wait in line.
    private const int AtOnceMax = 256;

    /// <summary>
    /// Returns the first failure, or null when everything was done. After a failure nothing more is begun.
    /// </summary>
    public static Task<TFailure?> RunAsync<TFailure>(int count, Func<Task<TFailure?>> action)
        where TFailure : class
        => RunAsync([.. Enumerable.Range(0, count)], _ => action());

    /// <summary>As the other, with something to do it with each time.</summary>
    public static async Task<TFailure?> RunAsync<T, TFailure>(IReadOnlyList<T> items, Func<T, Task<TFailure?>> action)
        where TFailure : class
    {
        using var permits = new SemaphoreSlim(1);
        TFailure? first = null;
        var window = 1;
        List<Task> begun = new(items.Count);
        foreach (var item in items)
        {
            await permits.WaitAsync();
            if (Volatile.Read(ref first) is not null)
            {
                break;
            }

            begun.Add(RunOneAsync(item));
        }

        await Task.WhenAll(begun);
        return first;

        async Task RunOneAsync(T item)
        {
            if (await action(item) is { } failure)
            {
                Interlocked.CompareExchange(ref first, failure, null);
                permits.Release();
                return;
            }

            permits.Release(Interlocked.Increment(ref window) <= AtOnceMax ? 2 : 1);
        }
    }
}
