using System.Globalization;
using System.Text.RegularExpressions;

namespace MiniKube.ApiServer;

/// <summary>Durations as schemas have them: <c>1h30m</c>, <c>250ms</c>, <c>2d</c>.</summary>
internal static partial class CelDurations
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var whole = Form().Match(text);
        if (!whole.Success)
        {
            return false;
        }

        var ticks = 0.0;
        foreach (Match part in Part().Matches(text))
        {
            ticks += double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture) * TicksOf(part.Groups[2].Value);
        }

        if (ticks > TimeSpan.MaxValue.Ticks / 2.0)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(text.StartsWith('-') ? -ticks : ticks));
        return true;
    }

    private static double TicksOf(string unit) => unit switch
    {
        "ns" => TimeSpan.TicksPerSecond / 1e9,
        "us" or "µs" => TimeSpan.TicksPerMicrosecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        "d" => TimeSpan.TicksPerDay,
        _ => TimeSpan.TicksPerDay * 7,
    };

    [GeneratedRegex(@"^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w))+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w)", RegexOptions.NonBacktracking)]
    private static partial Regex Part();
}
