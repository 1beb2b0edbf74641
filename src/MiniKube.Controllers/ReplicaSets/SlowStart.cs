namespace MiniKube.Controllers;

/// <summary>
/// Does the same thing many times in batches of 1, 2, 4, ..., each at once: a quota or an admission rule that refuses the
/// first is asked once and not five hundred times.
/// </summary>
internal static class SlowStart
{
    /// <summary>
    /// Returns the first failure, or null when everything was done. A failing batch is finished, and is the last.
    /// </summary>
    public static async Task<TFailure?> RunAsync<TFailure>(int count, Func<Task<TFailure?>> action)
        where TFailure : class
    {
        var size = 1;
        for (var done = 0; done < count; done += size, size *= 2)
        {
            var batch = Enumerable.Range(0, Math.Min(size, count - done)).Select(_ => action());
            var outcomes = await Task.WhenAll(batch);
            if (outcomes.FirstOrDefault(static outcome => outcome is not null) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }
}
