namespace MiniKube.ApiServer;

/// <summary>
/// What is derived from the kinds: made when first asked for, and again when the kinds have changed. Thread-safe; two callers that
/// meet a change together may both make it, and get equal values.
/// </summary>
internal sealed class PerSnapshot<T>(ResourceIndex resources, Func<ResourceSnapshot, T> make)
    where T : class
{
    private Entry? _last;

    /// <summary>The value for the kinds there are now.</summary>
    public T Value
    {
        get
        {
            var snapshot = resources.Current;
            var last = Volatile.Read(ref _last);
            if (last is null || last.Snapshot != snapshot)
            {
                last = new Entry(snapshot, make(snapshot));
                Volatile.Write(ref _last, last);
            }

            return last.Value;
        }
    }

    private sealed record Entry(ResourceSnapshot Snapshot, T Value);
}
