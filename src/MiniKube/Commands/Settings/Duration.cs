using System.Globalization;

namespace MiniKube;

/// <summary>
/// Durations as Kubernetes' tools write them: <c>90s</c>, <c>1h30m</c>, <c>500ms</c>; a bare number is seconds.
/// </summary>
internal static class Duration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            duration = TimeSpan.FromSeconds(seconds);
            return true;
        }

        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (!TryTake(ref rest, out var part))
            {
                return false;
            }

            duration += part;
        }

        return text.Length > 0;
    }

    private static bool TryTake(ref ReadOnlySpan<char> rest, out TimeSpan part)
    {
        part = default;
        var digits = rest.IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || !long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        rest = rest[digits..];
        var letters = rest.IndexOfAnyInRange('0', '9') is >= 0 and var next ? next : rest.Length;
        TimeSpan? unit = rest[..letters] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => null,
        };
        rest = rest[letters..];
        part = (unit ?? default) * count;
        return unit is not null;
    }
}
