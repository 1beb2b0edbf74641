using MiniKube.ApiServer;

namespace MiniKube;

/// <summary>When a machine counts as lost, and how long its pods wait for it. Named as Kubernetes' own flags.</summary>
internal sealed class LostNodeFlags
{
    private readonly TextSetting _grace = new(
        "node-monitor-grace-period", "TIME", "how long a node may be silent before it is not ready (40s)");

    private readonly TextSetting _notReady = new(
        "default-not-ready-toleration-seconds", "N", "how long pods stay on a node that is not ready (300)");

    private readonly TextSetting _unreachable = new(
        "default-unreachable-toleration-seconds", "N", "how long pods stay on a node that is silent (300)");

    public IReadOnlyList<Setting> All => [_grace, _notReady, _unreachable];

    /// <exception cref="CommandException">Something said cannot be understood.</exception>
    public LostNodeSettings Read(SettingSources sources)
    {
        var usual = new LostNodePatience();
        return new LostNodeSettings(
            _grace.Read(sources, Grace, new LostNodeSettings().Grace),
            new LostNodePatience(
                _notReady.Read(sources, Seconds, usual.NotReadySeconds),
                _unreachable.Read(sources, Seconds, usual.UnreachableSeconds)));
    }

    // A node renews its lease every ten seconds: with less than that every node would be lost now and then.
    private static TimeSpan Grace(string text)
        => Duration.TryParse(text, out var grace) && grace > TimeSpan.FromSeconds(10)
            ? grace
            : throw new FormatException($"'{text}' is not a time of more than 10s, like 40s");

    private static long Seconds(string text)
        => long.TryParse(text, out var seconds) && seconds >= 0
            ? seconds
            : throw new FormatException($"'{text}' is not a number of seconds");
}

/// <summary>When a machine counts as lost, and how long its pods wait for it.</summary>
internal sealed record LostNodeSettings(TimeSpan Grace, LostNodePatience Patience)
{
    public LostNodeSettings()
        : this(TimeSpan.FromSeconds(40), new LostNodePatience())
    {
    }
}
