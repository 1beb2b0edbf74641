namespace MiniKube.ApiServer;

/// <summary>
/// What admission rules keep from others until the write they allowed has been done or has failed. One write's; not thread-safe.
/// </summary>
internal sealed class AdmissionHolds : IDisposable
{
    private List<Action>? _releases;

    /// <summary>Calls back when the write is over.</summary>
    public void Add(Action release) => (_releases ??= []).Add(release);

    public void Dispose()
    {
        foreach (var release in _releases ?? [])
        {
            release();
        }

        _releases = null;
    }
}
