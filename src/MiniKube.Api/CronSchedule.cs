using System.Globalization;
using Cronos;

namespace MiniKube.Api;

/// <summary>
/// Times given by a cron expression of five fields (minute, hour, day of month, month, day of week), a macro like
/// <c>@daily</c>, or a span like <c>@every 1h30m</c>. Immutable.
/// https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
/// </summary>
public sealed class CronSchedule
{
    private const string Every = "@every ";

    private static readonly Dictionary<string, double> UnitSeconds = new()
    {
        ["h"] = 3600,
        ["m"] = 60,
        ["s"] = 1,
        ["ms"] = 1e-3,
        ["us"] = 1e-6,
        ["ns"] = 1e-9,
    };

    private readonly string _text;
    private readonly CronExpression? _expression;
    private readonly TimeSpan _span;

    private CronSchedule(string text, CronExpression? expression, TimeSpan span)
    {
        _text = text;
        _expression = expression;
        _span = span;
    }

    /// <exception cref="FormatException">It is no such schedule; the message says why.</exception>
    public static CronSchedule Parse(string text)
    {
        if (text.StartsWith(Every, StringComparison.Ordinal))
        {
            return new CronSchedule(text, expression: null, ParseSpan(text));
        }

        try
        {
            return new CronSchedule(text, CronExpression.Parse(text), TimeSpan.Zero);
        }
        catch (CronFormatException wrong)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }

    /// <summary>The first time after this one; null when there is none (the 30th of February).</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
        => _expression is null ? after + _span : _expression.GetNextOccurrence(after, zone);

    /// <inheritdoc />
    public override string ToString() => _text;

    // Numbers with units one after the other, at least a second: 90s, 1.5h, 1h30m.
    private static TimeSpan ParseSpan(string text)
    {
        var rest = text.AsSpan(Every.Length);
        var seconds = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                throw NoDuration(text);
            }

            rest = rest[digits..];
            var end = rest.IndexOfAny("0123456789.");
            var unit = rest[..(end < 0 ? rest.Length : end)];
            seconds += UnitSeconds.TryGetValue(unit.ToString(), out var factor) ? number * factor : throw NoDuration(text);
            rest = rest[unit.Length..];
        }

        return seconds is > 0 and < int.MaxValue ? TimeSpan.FromSeconds(Math.Max(1, Math.Floor(seconds))) : throw NoDuration(text);
    }

    private static FormatException NoDuration(string text)
        => new($"failed to parse duration {text}: time: invalid duration \"{text[Every.Length..]}\"");
}
