using MiniKube.ApiServer;

namespace MiniKube;

/// <summary>How much a server does at once. Named as kube-apiserver's flags.</summary>
internal sealed class LimitFlags
{
    private readonly TextSetting _reading = new("max-requests-inflight", "N", "reading requests at once (400)");
    private readonly TextSetting _writing = new("max-mutating-requests-inflight", "N", "writing requests at once (200)");
    private readonly TextSetting _timeout = new("request-timeout", "TIME", "time a request has, watches excepted (1m)");

    public IReadOnlyList<Setting> All => [_reading, _writing, _timeout];

    /// <exception cref="CommandException">Something said cannot be understood.</exception>
    public RequestLimits Read(SettingSources sources)
    {
        var usual = new RequestLimits();
        return new RequestLimits
        {
            ReadingMax = _reading.Read(sources, SettingText.Count, usual.ReadingMax),
            WritingMax = _writing.Read(sources, SettingText.Count, usual.WritingMax),
            Timeout = _timeout.Read(sources, TimeoutOf, usual.Timeout),
        };
    }

    private static TimeSpan TimeoutOf(string text)
        => Duration.TryParse(text, out var timeout) && timeout >= TimeSpan.FromSeconds(1)
            ? timeout
            : throw new FormatException($"'{text}' is not a time of at least 1s, like 1m");
}
