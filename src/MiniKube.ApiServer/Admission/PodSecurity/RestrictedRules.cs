using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>What hardens a pod as far as is usual today.</summary>
internal static class RestrictedRules
{
    public static PodSecurityViolation? PrivilegeEscalation(PodUnderTest pod)
    {
        var names = pod.IsWindows ? [] : pod.Where(static one => one.SecurityContext?.AllowPrivilegeEscalation != false);
        return names.Count == 0
            ? null
            : new PodSecurityViolation(
                "allowPrivilegeEscalation != false",
                $"{PodUnderTest.Containing(names)} must set securityContext.allowPrivilegeEscalation=false");
    }

    public static PodSecurityViolation? Capabilities(PodUnderTest pod)
    {
        if (pod.IsWindows)
        {
            return null;
        }

        var keeping = pod.Where(static one => one.SecurityContext?.Capabilities?.Drop?.Contains("ALL") != true);
        var adding = pod.Where(static one => Added(one).Any());
        var added = pod.Containers.SelectMany(Added).Distinct().Order(StringComparer.Ordinal);
        var problems = new[]
        {
            keeping.Count > 0 ? $"{PodUnderTest.Containing(keeping)} must set securityContext.capabilities.drop=[\"ALL\"]" : null,
            adding.Count > 0
                ? $"{PodUnderTest.Containing(adding)} must not include {PodUnderTest.Quote(added)} in securityContext.capabilities.add"
                : null,
        }.OfType<string>().ToList();
        return problems.Count == 0 ? null : new PodSecurityViolation("unrestricted capabilities", string.Join("; ", problems));
    }

    public static PodSecurityViolation? Volumes(PodUnderTest pod)
    {
        var bad = (pod.Spec.Volumes ?? []).Where(static one => !IsUsual(one)).ToList();
        var types = bad.Select(TypeOf).Distinct().Order(StringComparer.Ordinal).ToList();
        return bad.Count == 0
            ? null
            : new PodSecurityViolation(
                "restricted volume types",
                $"{PodUnderTest.Plural(bad.Count, "volume")} {PodUnderTest.Quote(bad.Select(static one => one.Name))} "
                + $"{(bad.Count == 1 ? "uses" : "use")} {PodUnderTest.Plural(types.Count, "restricted volume type")} "
                + PodUnderTest.Quote(types));
    }

    public static PodSecurityViolation? NonRoot(PodUnderTest pod)
    {
        var isPod = pod.Security?.RunAsNonRoot == false;
        var denying = pod.Where(static one => one.SecurityContext?.RunAsNonRoot == false);
        if (isPod || denying.Count > 0)
        {
            return new PodSecurityViolation(
                "runAsNonRoot != true", $"{PodUnderTest.Setters(isPod, denying)} must not set securityContext.runAsNonRoot=false");
        }

        var silent = pod.Security?.RunAsNonRoot == true ? [] : pod.Where(static one => one.SecurityContext?.RunAsNonRoot is null);
        return silent.Count == 0
            ? null
            : new PodSecurityViolation(
                "runAsNonRoot != true", $"pod or {PodUnderTest.Containing(silent)} must set securityContext.runAsNonRoot=true");
    }

    public static PodSecurityViolation? RootUser(PodUnderTest pod)
    {
        var isPod = pod.Security?.RunAsUser == 0;
        var names = pod.Where(static one => one.SecurityContext?.RunAsUser == 0);
        return !isPod && names.Count == 0
            ? null
            : new PodSecurityViolation("runAsUser=0", $"{PodUnderTest.Setters(isPod, names)} must not set runAsUser=0");
    }

    public static PodSecurityViolation? Seccomp(PodUnderTest pod)
    {
        const string Wanted = "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"";
        if (pod.IsWindows)
        {
            return null;
        }

        if (BaselineRules.Seccomp(pod) is { } worse)
        {
            return worse;
        }

        var silent = pod.Security?.SeccompProfile?.Type is { Length: > 0 }
            ? []
            : pod.Where(static one => string.IsNullOrEmpty(one.SecurityContext?.SeccompProfile?.Type));
        return silent.Count == 0
            ? null
            : new PodSecurityViolation("seccompProfile", $"pod or {PodUnderTest.Containing(silent)} must set {Wanted}");
    }

    private static IEnumerable<string> Added(V1Container container)
        => (container.SecurityContext?.Capabilities?.Add ?? []).Where(static one => one != "NET_BIND_SERVICE");

    private static bool IsUsual(V1Volume volume)
        => volume.EmptyDir is not null || volume.Secret is not null || volume.PersistentVolumeClaim is not null
            || volume.DownwardAPI is not null || volume.ConfigMap is not null || volume.Projected is not null
            || volume.Csi is not null || volume.Ephemeral is not null || volume.Image is not null;

    private static string TypeOf(V1Volume volume) => volume switch
    {
        { HostPath: not null } => "hostPath",
        { GcePersistentDisk: not null } => "gcePersistentDisk",
        { AwsElasticBlockStore: not null } => "awsElasticBlockStore",
        { GitRepo: not null } => "gitRepo",
        { Nfs: not null } => "nfs",
        { Iscsi: not null } => "iscsi",
        { Glusterfs: not null } => "glusterfs",
        { Rbd: not null } => "rbd",
        { FlexVolume: not null } => "flexVolume",
        { Cinder: not null } => "cinder",
        { Cephfs: not null } => "cephfs",
        { Flocker: not null } => "flocker",
        { Fc: not null } => "fc",
        { AzureFile: not null } => "azureFile",
        { VsphereVolume: not null } => "vsphereVolume",
        { Quobyte: not null } => "quobyte",
        { AzureDisk: not null } => "azureDisk",
        { PhotonPersistentDisk: not null } => "photonPersistentDisk",
        { PortworxVolume: not null } => "portworxVolume",
        { ScaleIO: not null } => "scaleIO",
        { Storageos: not null } => "storageos",
        _ => "unknown",
    };
}
