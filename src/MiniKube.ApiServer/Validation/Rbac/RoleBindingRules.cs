using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Whom a binding may name, and what. https://kubernetes.io/docs/reference/access-authn-authz/rbac/</summary>
internal static class RoleBindingRules
{
    public static void Validate(V1RoleRef? role, IList<Rbacv1Subject>? subjects, bool isNamespaced, FieldErrors errors)
    {
        if (role?.ApiGroup != RbacTexts.Group)
        {
            errors.NotSupported("roleRef.apiGroup", role?.ApiGroup ?? "", [RbacTexts.Group]);
        }

        string[] kinds = isNamespaced ? [RbacTexts.Role, RbacTexts.ClusterRole] : [RbacTexts.ClusterRole];
        if (!kinds.Contains(role?.Kind))
        {
            errors.NotSupported("roleRef.kind", role?.Kind ?? "", kinds);
        }

        if (string.IsNullOrEmpty(role?.Name))
        {
            errors.Required("roleRef.name");
        }
        else
        {
            errors.Invalid("roleRef.name", role.Name, Names.CheckPathSegment(role.Name));
        }

        for (var index = 0; index < (subjects?.Count ?? 0); index++)
        {
            Validate(subjects![index], isNamespaced, $"subjects[{index}]", errors);
        }
    }

    /// <summary>Who may bind anew must not turn an old binding into another one.</summary>
    public static void ValidateUpdate(V1RoleRef? role, V1RoleRef? old, FieldErrors errors)
    {
        if ((role?.ApiGroup, role?.Kind, role?.Name) != (old?.ApiGroup, old?.Kind, old?.Name))
        {
            errors.Invalid("roleRef", RbacTexts.RoleOf(role), "cannot change roleRef");
        }
    }

    private static void Validate(Rbacv1Subject subject, bool isNamespaced, string path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(subject.Name))
        {
            errors.Required($"{path}.name");
        }

        switch (subject.Kind)
        {
            case RbacTexts.ServiceAccount:
                ValidateAccount(subject, isNamespaced, path, errors);
                break;
            case RbacTexts.User:
            case RbacTexts.UserGroup:
                ValidateName(subject, path, errors);
                break;
            default:
                errors.NotSupported($"{path}.kind", subject.Kind ?? "",
                    [RbacTexts.ServiceAccount, RbacTexts.User, RbacTexts.UserGroup]);
                break;
        }
    }

    private static void ValidateAccount(Rbacv1Subject subject, bool isNamespaced, string path, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(subject.Name))
        {
            errors.Invalid($"{path}.name", subject.Name, Names.CheckDnsSubdomain(subject.Name));
        }

        if (!string.IsNullOrEmpty(subject.ApiGroup))
        {
            errors.NotSupported($"{path}.apiGroup", subject.ApiGroup, [""]);
        }

        if (!isNamespaced && string.IsNullOrEmpty(subject.NamespaceProperty))
        {
            errors.Required($"{path}.namespace");
        }
    }

    private static void ValidateName(Rbacv1Subject subject, string path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(subject.Name))
        {
            var what = subject.Kind == RbacTexts.User ? "user" : "group";
            errors.Invalid($"{path}.name", "", $"{what} name cannot be empty");
        }

        if (subject.ApiGroup != RbacTexts.Group)
        {
            errors.NotSupported($"{path}.apiGroup", subject.ApiGroup ?? "", [RbacTexts.Group]);
        }
    }
}
