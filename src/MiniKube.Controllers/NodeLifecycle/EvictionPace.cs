using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>
/// Lets nodes lose their pods no faster than their zone allows. Thread-safe; bounded by the number of zones ever seen.
/// </summary>
internal sealed class EvictionPace(AwakeClock clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TimeSpan> _last = [];

    /// <summary>
    /// Zero when it is the node's turn, which is then taken; otherwise how long to wait, or null when there are no turns
    /// until something changes.
    /// </summary>
    public TimeSpan? TakeTurn(V1Node node, EvictionRates rates)
    {
        var zone = ZonePlanner.ZoneOf(node);
        var perSecond = rates.PerSecond.GetValueOrDefault(zone);
        if (perSecond <= 0)
        {
            return null;
        }

        var now = clock.Elapsed;
        lock (_gate)
        {
            var wait = _last.TryGetValue(zone, out var last) ? last + TimeSpan.FromSeconds(1 / perSecond) - now : TimeSpan.Zero;
            if (wait > TimeSpan.Zero)
            {
                return wait;
            }

            _last[zone] = now;
            return TimeSpan.Zero;
        }
    }
}
