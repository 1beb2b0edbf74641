using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Users, groups, privileges and profiles of pods and containers.</summary>
internal static class SecurityRules
{
    public static void Validate(V1PodSecurityContext? context, string path, FieldErrors errors)
    {
        if (context is null)
        {
            return;
        }

        ValidateId($"{path}.runAsUser", context.RunAsUser, errors);
        ValidateId($"{path}.runAsGroup", context.RunAsGroup, errors);
        ValidateId($"{path}.fsGroup", context.FsGroup, errors);
        var groups = context.SupplementalGroups ?? [];
        for (var index = 0; index < groups.Count; index++)
        {
            ValidateId($"{path}.supplementalGroups[{index}]", groups[index], errors);
        }

        if (!string.IsNullOrEmpty(context.FsGroupChangePolicy))
        {
            errors.OneOf($"{path}.fsGroupChangePolicy", context.FsGroupChangePolicy, "Always", "OnRootMismatch");
        }

        ValidateSysctls(context.Sysctls ?? [], $"{path}.sysctls", errors);
        ValidateSeccomp(context.SeccompProfile, $"{path}.seccompProfile", errors);
    }

    public static void Validate(V1SecurityContext? context, string path, FieldErrors errors)
    {
        if (context is null)
        {
            return;
        }

        ValidateId($"{path}.runAsUser", context.RunAsUser, errors);
        ValidateId($"{path}.runAsGroup", context.RunAsGroup, errors);
        if (context.ProcMount is not null)
        {
            errors.OneOf($"{path}.procMount", context.ProcMount, "Default", "Unmasked");
        }

        if (context.AllowPrivilegeEscalation == false && context.Privileged == true)
        {
            errors.Invalid(path, false, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        }

        if (context.AllowPrivilegeEscalation == false && context.Capabilities?.Add?.Contains("CAP_SYS_ADMIN") == true)
        {
            errors.Invalid(path, false, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        }

        ValidateSeccomp(context.SeccompProfile, $"{path}.seccompProfile", errors);
    }

    private static void ValidateId(string path, long? id, FieldErrors errors)
    {
        if (id is < 0 or > int.MaxValue)
        {
            errors.Invalid(path, id, $"must be between 0 and {int.MaxValue}, inclusive");
        }
    }

    private static void ValidateSysctls(IList<V1Sysctl> sysctls, string path, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var index = 0; index < sysctls.Count; index++)
        {
            var name = sysctls[index].Name ?? "";
            if (name.Length == 0)
            {
                errors.Required($"{path}[{index}].name");
            }
            else if (!names.Add(name))
            {
                errors.Duplicate($"{path}[{index}].name", name);
            }
        }
    }

    private static void ValidateSeccomp(V1SeccompProfile? profile, string path, FieldErrors errors)
    {
        if (profile is null)
        {
            return;
        }

        errors.OneOf($"{path}.type", profile.Type, "Localhost", "RuntimeDefault", "Unconfined");
        if (profile.Type == "Localhost")
        {
            errors.Required($"{path}.localhostProfile", profile.LocalhostProfile, "must be set when seccomp type is Localhost");
        }
        else if (profile.LocalhostProfile is not null)
        {
            errors.Invalid($"{path}.localhostProfile", profile.LocalhostProfile, "can only be set when seccomp type is Localhost");
        }
    }
}
