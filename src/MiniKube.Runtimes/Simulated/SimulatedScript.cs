using System.Globalization;

namespace MiniKube.Runtimes;

/// <summary>
/// How a simulated container ends, from the pod's annotations: <c>simulated.minikube.io/exit-after: 5s</c> and
/// <c>simulated.minikube.io/exit-code: "1"</c> (0 when absent) for every container, or with <c>.NAME</c> appended for one.
/// </summary>
internal sealed record SimulatedScript(TimeSpan ExitAfter, int ExitCode)
{
    private const string Prefix = "simulated.minikube.io/";

    /// <summary>The script of a container, or null when it is to run until stopped.</summary>
    public static SimulatedScript? Read(IReadOnlyDictionary<string, string> annotations, string containerName)
    {
        if (Find(annotations, "exit-after", containerName) is not { } after || !TryParseDuration(after, out var delay))
        {
            return null;
        }

        _ = int.TryParse(Find(annotations, "exit-code", containerName), CultureInfo.InvariantCulture, out var code);
        return new SimulatedScript(delay, code);
    }

    private static string? Find(IReadOnlyDictionary<string, string> annotations, string name, string containerName)
        => annotations.GetValueOrDefault($"{Prefix}{name}.{containerName}") ?? annotations.GetValueOrDefault(Prefix + name);

    private static bool TryParseDuration(string text, out TimeSpan duration)
    {
        var milliseconds = text.EndsWith("ms", StringComparison.Ordinal);
        var parsed = double.TryParse(
            text.TrimEnd('m', 's'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        duration = milliseconds ? TimeSpan.FromMilliseconds(number) : TimeSpan.FromSeconds(number);
        return parsed;
    }
}
