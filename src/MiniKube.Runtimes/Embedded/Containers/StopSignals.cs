using System.Globalization;

namespace MiniKube.Runtimes;

/// <summary>Signals by the names images use.</summary>
internal static class StopSignals
{
    private const int Terminate = 15;
    private const int RealTimeFirst = 34;

    private static readonly Dictionary<string, int> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["ABRT"] = 6, ["KILL"] = 9, ["USR1"] = 10, ["USR2"] = 12, ["ALRM"] = 14,
        ["TERM"] = Terminate, ["CONT"] = 18, ["STOP"] = 19, ["WINCH"] = 28, ["PWR"] = 30,
    };

    /// <summary><c>SIGTERM</c>, <c>TERM</c>, <c>15</c> or <c>SIGRTMIN+3</c>; anything unknown is SIGTERM.</summary>
    public static int Parse(string? name)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65)
        {
            return number;
        }

        var bare = name is not null && name.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? name[3..] : name ?? "";
        if (bare.StartsWith("RTMIN+", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(bare.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= 30)
        {
            return RealTimeFirst + offset;
        }

        return ByName.GetValueOrDefault(bare, Terminate);
    }
}
