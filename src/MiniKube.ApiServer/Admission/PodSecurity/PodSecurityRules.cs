using System.Collections.Immutable;

namespace MiniKube.ApiServer;

/// <summary>
/// Every rule of the Pod Security Standards, those of the lower level first, each level in the order Kubernetes tells violations in.
/// https://kubernetes.io/docs/concepts/security/pod-security-standards/
/// </summary>
internal static class PodSecurityRules
{
    private static readonly ImmutableArray<PodSecurityRule> All =
    [
        new(PodSecurityLevel.Baseline, 0, BaselineRules.AppArmor),
        new(PodSecurityLevel.Baseline, 0, BaselineRules.Capabilities, StricterFrom: PodSecurityLevel.Restricted),
        new(PodSecurityLevel.Baseline, 0, BaselineRules.HostNamespaces),
        new(PodSecurityLevel.Baseline, 0, BaselineRules.HostPaths, StricterFrom: PodSecurityLevel.Restricted),
        new(PodSecurityLevel.Baseline, 0, BaselineRules.HostPorts),
        new(PodSecurityLevel.Baseline, 34, BaselineRules.ProbeHosts),
        new(PodSecurityLevel.Baseline, 0, BaselineRules.Privileged),
        new(PodSecurityLevel.Baseline, 0, BaselineRules.ProcMount),
        new(PodSecurityLevel.Baseline, 0, BaselineRules.SeLinux),
        new(PodSecurityLevel.Baseline, 19, BaselineRules.Seccomp, StricterFrom: PodSecurityLevel.Restricted),
        new(PodSecurityLevel.Baseline, 0, BaselineRules.Sysctls),
        new(PodSecurityLevel.Baseline, 0, BaselineRules.WindowsHostProcess),
        new(PodSecurityLevel.Restricted, 8, RestrictedRules.PrivilegeEscalation),
        new(PodSecurityLevel.Restricted, 22, RestrictedRules.Capabilities),
        new(PodSecurityLevel.Restricted, 0, RestrictedRules.Volumes),
        new(PodSecurityLevel.Restricted, 0, RestrictedRules.NonRoot),
        new(PodSecurityLevel.Restricted, 23, RestrictedRules.RootUser),
        new(PodSecurityLevel.Restricted, 19, RestrictedRules.Seccomp),
    ];

    /// <summary>What of the standard the pod does not meet.</summary>
    public static IReadOnlyList<PodSecurityViolation> Violations(PodSecurityStandard standard, PodUnderTest pod)
        => standard.Level == PodSecurityLevel.Privileged
            ? []
            : [.. All.Where(rule => rule.IsPartOf(standard)).Select(rule => rule.Check(pod)).OfType<PodSecurityViolation>()];
}
