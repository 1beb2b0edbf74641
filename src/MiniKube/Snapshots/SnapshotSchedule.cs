using MiniKube.Api;

namespace MiniKube;

/// <summary>
/// Times given by a cron expression of five fields (minute, hour, day of month, month, day of week), or a macro like
/// <c>@daily</c>, in the machine's time zone.
/// </summary>
internal sealed class SnapshotSchedule
{
    private readonly CronSchedule _schedule;

    private SnapshotSchedule(CronSchedule schedule) => _schedule = schedule;

    /// <summary>At noon and at midnight, as k3s does by default.</summary>
    public static SnapshotSchedule Default { get; } = Parse("0 */12 * * *");

    /// <exception cref="FormatException">It is no such expression, or one that never comes.</exception>
    public static SnapshotSchedule Parse(string text)
    {
        try
        {
            return new SnapshotSchedule(CronSchedule.Parse(text));
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"'{text}' is not a cron expression like '0 */12 * * *', nor off: {wrong.Message}", wrong);
        }
    }

    /// <summary>The first time after this one; null when there is none (the 30th of February).</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone) => _schedule.Next(after, zone);

    public override string ToString() => _schedule.ToString();
}
