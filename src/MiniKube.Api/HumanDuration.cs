using System.Globalization;

namespace MiniKube.Api;

/// <summary>Durations as kubectl shows them: the coarser, the longer.</summary>
public static class HumanDuration
{
    private const int HoursPerYear = 24 * 365;

    /// <summary><c>5s</c>, <c>2m3s</c>, <c>15m</c>, <c>3h2m</c>, <c>30h</c>, <c>2d5h</c>, <c>20d</c>, <c>3y40d</c>.</summary>
    public static string Format(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        var minutes = seconds / 60;
        var hours = minutes / 60;
        return seconds switch
        {
            < -1 => "<invalid>",
            < 0 => "0s",
            < 60 * 2 => $"{seconds}s",
            < 60 * 10 => Two(minutes, "m", seconds % 60, "s"),
            < 60 * 60 * 3 => $"{minutes}m",
            < 60 * 60 * 8 => Two(hours, "h", minutes % 60, "m"),
            < 60 * 60 * 48 => $"{hours}h",
            < 60 * 60 * 24 * 8 => Two(hours / 24, "d", hours % 24, "h"),
            < 60L * 60 * HoursPerYear * 2 => $"{hours / 24}d",
            < 60L * 60 * HoursPerYear * 8 => Two(hours / HoursPerYear, "y", hours / 24 % 365, "d"),
            _ => $"{hours / HoursPerYear}y",
        };
    }

    /// <summary>The time since a moment; <c>&lt;unknown&gt;</c> when there is none.</summary>
    public static string Since(DateTime? moment, DateTimeOffset now)
        => moment is { } time ? Format(now.UtcDateTime - time.ToUniversalTime()) : "<unknown>";

    private static string Two(long large, string largeUnit, long small, string smallUnit)
        => small == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{large}{largeUnit}")
            : string.Create(CultureInfo.InvariantCulture, $"{large}{largeUnit}{small}{smallUnit}");
}
