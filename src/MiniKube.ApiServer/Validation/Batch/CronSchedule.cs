using System.Globalization;
using Cronos;

namespace MiniKube.ApiServer;

/// <summary>
/// The schedule of a CronJob: five fields, or <c>@hourly</c> and the like, or <c>@every 90m</c>.
/// https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
/// </summary>
internal static class CronSchedule
{
    private const string Every = "@every ";

    private static readonly string[] Units = ["h", "m", "s", "ms", "us", "ns"];

    /// <summary>What is wrong with the schedule, or null.</summary>
    public static string? Problem(string schedule)
    {
        if (schedule.StartsWith(Every, StringComparison.Ordinal))
        {
            var text = schedule[Every.Length..];
            return IsDuration(text) ? null : $"failed to parse duration {schedule}: time: invalid duration \"{text}\"";
        }

        try
        {
            _ = CronExpression.Parse(schedule);
            return null;
        }
        catch (CronFormatException problem)
        {
            return problem.Message;
        }
    }

    // 1h30m, 90s, 1.5h: numbers with units, one after the other.
    private static bool IsDuration(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var number = rest.IndexOfAnyExcept("0123456789.");
            if (number <= 0 || !double.TryParse(rest[..number], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }

            rest = rest[number..];
            var end = rest.IndexOfAny("0123456789.");
            var unit = rest[..(end < 0 ? rest.Length : end)].ToString();
            if (!Units.Contains(unit))
            {
                return false;
            }

            rest = rest[unit.Length..];
        }

        return text.Length > 0;
    }
}
