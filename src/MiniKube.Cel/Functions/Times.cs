using System.Globalization;
using System.Text.RegularExpressions;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>Timestamps (RFC 3339) and durations (Go's notation), to 100 nanoseconds.</summary>
internal static partial class Times
{
    public static object? Timestamp(object? value) => value switch
    {
        DateTimeOffset => value,
        long seconds when seconds is >= -62135596800 and <= 253402300799 => DateTimeOffset.FromUnixTimeSeconds(seconds),
        string text when Rfc3339().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            => time.ToUniversalTime(),
        string or long => new CelError("type conversion error: not a timestamp of RFC 3339 between the years 1 and 9999"),
        _ => CelError.NoOverload,
    };

    public static object? Duration(object? value)
    {
        if (value is not string text)
        {
            return value is TimeSpan ? value : CelError.NoOverload;
        }

        var match = GoDuration().Match(text);
        if (!match.Success || text.Length > 64)
        {
            return new CelError("type conversion error: not a duration such as 1h30m or 1.5s");
        }

        if (text is "0" or "+0" or "-0")
        {
            return TimeSpan.Zero;
        }

        var ticks = 0m;
        for (var i = 0; i < match.Groups[2].Captures.Count; i++)
        {
            var digits = match.Groups[3].Captures[i].Value;
            if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || number > long.MaxValue)
            {
                return new CelError("duration out of range");
            }

            ticks += number * TicksOf(match.Groups[4].Captures[i].Value);
        }

        // What 64 bits of nanoseconds hold, as in Go: 292 years.
        return ticks > 92233720368547758m
            ? new CelError("duration out of range")
            : TimeSpan.FromTicks((long)ticks * (text[0] == '-' ? -1 : 1));
    }

    public static string Text(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static string Text(TimeSpan span) => (span.Ticks / 10_000_000m).ToString("0.#######", CultureInfo.InvariantCulture) + "s";

    /// <summary>A part of a timestamp in UTC, or in the zone of the second argument.</summary>
    public static object? Part(object?[] arguments, Func<DateTimeOffset, long> part)
    {
        if (arguments is not [DateTimeOffset time, ..])
        {
            return CelError.NoOverload;
        }

        if (arguments.Length == 1)
        {
            return part(time.ToUniversalTime());
        }

        if (arguments is not [_, string zone])
        {
            return CelError.NoOverload;
        }

        if (Offset().Match(zone) is { Success: true } match)
        {
            var offset = TimeSpan.Parse($"{match.Groups[2].Value}:{match.Groups[3].Value}", CultureInfo.InvariantCulture);
            return part(time.ToOffset(match.Groups[1].Value == "-" ? -offset : offset));
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
            ? part(TimeZoneInfo.ConvertTime(time, found))
            : new CelError("unknown time zone");
    }

    private static decimal TicksOf(string unit) => unit switch
    {
        "h" => TimeSpan.TicksPerHour,
        "m" => TimeSpan.TicksPerMinute,
        "s" => TimeSpan.TicksPerSecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "ns" => 0.01m,
        _ => 10m,
    };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"^([+-]?)(?:0|((\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(h|ms|m|s|us|µs|ns))+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex GoDuration();

    [GeneratedRegex(@"^([+-]?)(0\d|1[0-3]):([0-5]\d)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Offset();
}
