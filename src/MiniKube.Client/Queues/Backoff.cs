namespace MiniKube.Client;

/// <summary>
/// Delays that double with every failure, from <paramref name="first"/> up to <paramref name="longest"/>, less a random
/// part of at most a tenth so that many clients do not come back at once. Thread-safe when <paramref name="random"/>
/// is.
/// </summary>
public sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    // 2^40 times any sensible first delay is above any sensible longest one; more would overflow.
    private const int DoublingsMax = 40;

    /// <summary>
    /// How long to wait after so many failures in a row; the first failure is number 1, none is no wait.
    /// </summary>
    public TimeSpan DelayAfter(int failures)
    {
        if (failures <= 0)
        {
            return TimeSpan.Zero;
        }

        var grown = first.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, DoublingsMax));
        var capped = Math.Min(grown, longest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(capped * (1 - (0.1 * random.NextDouble())));
    }
}
