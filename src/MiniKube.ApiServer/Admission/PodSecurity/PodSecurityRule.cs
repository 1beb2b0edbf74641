using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>Why a pod does not meet a rule, in Kubernetes' words: <c>hostPort (container "a" uses hostPort 80)</c>.</summary>
internal sealed record PodSecurityViolation(string Reason, string Detail)
{
    public override string ToString() => Detail.Length == 0 ? Reason : $"{Reason} ({Detail})";
}

/// <summary>One rule of the standards.</summary>
/// <param name="Level">The lowest level it belongs to.</param>
/// <param name="Since">The minor version it came with.</param>
/// <param name="Check">Null when the pod meets it.</param>
/// <param name="StricterFrom">The level at which a stricter rule takes its place; null when none does.</param>
internal sealed record PodSecurityRule(
    PodSecurityLevel Level, int Since, Func<PodUnderTest, PodSecurityViolation?> Check, PodSecurityLevel? StricterFrom = null)
{
    public bool IsPartOf(PodSecurityStandard standard)
        => standard.Level >= Level && standard.Knows(Since) && (StricterFrom is null || standard.Level < StricterFrom);
}

/// <summary>What the rules look at: a pod's specification and the annotations it has.</summary>
internal sealed class PodUnderTest(V1PodSpec spec, IDictionary<string, string>? annotations)
{
    public V1PodSpec Spec => spec;

    public V1PodSecurityContext? Security => spec.SecurityContext;

    public IEnumerable<KeyValuePair<string, string>> Annotations => annotations ?? Enumerable.Empty<KeyValuePair<string, string>>();

    public bool IsWindows => spec.Os?.Name == "windows";

    public IEnumerable<V1Container> Containers { get; } =
    [
        .. spec.InitContainers ?? [],
        .. spec.Containers ?? [],
        .. (spec.EphemeralContainers ?? []).Select(static one => new V1Container
        {
            Name = one.Name,
            SecurityContext = one.SecurityContext,
            Ports = one.Ports,
            LivenessProbe = one.LivenessProbe,
            ReadinessProbe = one.ReadinessProbe,
            StartupProbe = one.StartupProbe,
            Lifecycle = one.Lifecycle,
        }),
    ];

    /// <summary>The names of the containers that are as described.</summary>
    public List<string> Where(Func<V1Container, bool> isBad) => [.. Containers.Where(isBad).Select(static one => one.Name)];

    /// <summary><c>container "a"</c>, or <c>containers "a", "b"</c>.</summary>
    public static string Containing(IReadOnlyCollection<string> names) => $"{Plural(names.Count, "container")} {Quote(names)}";

    /// <summary>The pod, its containers, or both: <c>pod and container "a"</c>.</summary>
    public static string Setters(bool isPod, IReadOnlyCollection<string> names)
        => string.Join(" and ", new[] { isPod ? "pod" : null, names.Count > 0 ? Containing(names) : null }.OfType<string>());

    public static string Plural(int count, string word) => count == 1 ? word : $"{word}s";

    public static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(static name => $"\"{name}\""));
}
