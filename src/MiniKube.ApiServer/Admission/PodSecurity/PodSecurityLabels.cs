using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// What a namespace's labels ask of its pods: what they must meet, what is worth a warning, and what is noted.
/// https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
/// </summary>
internal sealed record PodSecurityLabels(PodSecurityStandard Enforce, PodSecurityStandard Warn, PodSecurityStandard Audit)
{
    private const string Prefix = "pod-security.kubernetes.io/";

    private static readonly PodSecurityLabels Nothing = new(
        PodSecurityStandard.None, PodSecurityStandard.None, PodSecurityStandard.None);

    /// <summary>Reads the labels. What cannot be understood asks for everything, as in Kubernetes; see <see cref="Validate"/>.</summary>
    public static PodSecurityLabels Of(IDictionary<string, string>? labels)
        => labels is null || !labels.Keys.Any(static key => key.StartsWith(Prefix, StringComparison.Ordinal))
            ? Nothing
            : new PodSecurityLabels(Read(labels, "enforce"), Read(labels, "warn"), Read(labels, "audit"));

    /// <summary>Tells what in the labels cannot be understood.</summary>
    public static void Validate(IDictionary<string, string>? labels, FieldErrors errors)
    {
        foreach (var (key, value) in labels ?? new Dictionary<string, string>())
        {
            var name = key.StartsWith(Prefix, StringComparison.Ordinal) ? key[Prefix.Length..] : "";
            if (name is "enforce" or "warn" or "audit" && PodSecurityStandard.LevelOf(value) is null)
            {
                errors.Invalid($"metadata.labels[{key}]", value, "must be one of privileged, baseline, restricted");
            }
            else if (name is "enforce-version" or "warn-version" or "audit-version" && !PodSecurityStandard.TryParseVersion(value, out _))
            {
                errors.Invalid($"metadata.labels[{key}]", value, "must be \"latest\" or \"v1.x\"");
            }
        }
    }

    private static PodSecurityStandard Read(IDictionary<string, string> labels, string mode)
    {
        if (!labels.TryGetValue(Prefix + mode, out var level))
        {
            return PodSecurityStandard.None;
        }

        int? minor = null;
        var isKnown = !labels.TryGetValue($"{Prefix}{mode}-version", out var version)
            || PodSecurityStandard.TryParseVersion(version, out minor);
        return new PodSecurityStandard(
            PodSecurityStandard.LevelOf(level) ?? PodSecurityLevel.Restricted, isKnown ? minor : null);
    }
}
