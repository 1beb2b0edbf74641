using System.Globalization;

namespace MiniKube.ApiServer;

/// <summary>How much a pod may ask for. https://kubernetes.io/docs/concepts/security/pod-security-standards/</summary>
internal enum PodSecurityLevel
{
    Privileged,
    Baseline,
    Restricted,
}

/// <summary>A level as it was in a version of Kubernetes; a null minor version is the newest.</summary>
internal readonly record struct PodSecurityStandard(PodSecurityLevel Level, int? Minor)
{
    private const string Newest = "latest";

    public static PodSecurityStandard None { get; } = new(PodSecurityLevel.Privileged, null);

    /// <summary>True when a rule that came with a minor version belongs to it.</summary>
    public bool Knows(int since) => Minor is null || Minor >= since;

    public static PodSecurityLevel? LevelOf(string text) => text switch
    {
        "privileged" => PodSecurityLevel.Privileged,
        "baseline" => PodSecurityLevel.Baseline,
        "restricted" => PodSecurityLevel.Restricted,
        _ => null,
    };

    /// <summary>False unless it is <c>latest</c> or like <c>v1.25</c>.</summary>
    public static bool TryParseVersion(string text, out int? minor)
    {
        minor = null;
        if (text == Newest)
        {
            return true;
        }

        const string Prefix = "v1.";
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)
            || !int.TryParse(text.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        minor = number;
        return true;
    }

    /// <summary><c>restricted:latest</c>, as messages say it.</summary>
    public override string ToString()
        => $"{Level.ToString().ToLowerInvariant()}:{(Minor is { } minor ? $"v1.{minor.ToString(CultureInfo.InvariantCulture)}" : Newest)}";
}
