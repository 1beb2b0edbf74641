using System.Globalization;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>The words and column texts that the kinds of RBAC share.</summary>
internal static class RbacTexts
{
    public const string Group = "rbac.authorization.k8s.io";
    public const string User = "User";
    public const string UserGroup = "Group";
    public const string ServiceAccount = "ServiceAccount";
    public const string Role = "Role";
    public const string ClusterRole = "ClusterRole";

    public static string Created(V1ObjectMeta meta)
        => meta.CreationTimestamp?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "<unknown>";

    public static string RoleOf(V1RoleRef? role) => $"{role?.Kind}/{role?.Name}";

    public static string Users(IList<Rbacv1Subject>? subjects) => Join(subjects, User, static one => one.Name);

    public static string Groups(IList<Rbacv1Subject>? subjects) => Join(subjects, UserGroup, static one => one.Name);

    public static string Accounts(IList<Rbacv1Subject>? subjects)
        => Join(subjects, ServiceAccount, static one => $"{one.NamespaceProperty}/{one.Name}");

    /// <summary>Who a subject is and what a reference names go without saying their group.</summary>
    public static void ApplyDefaults(IList<Rbacv1Subject>? subjects, V1RoleRef? role)
    {
        foreach (var subject in subjects ?? [])
        {
            if (string.IsNullOrEmpty(subject.ApiGroup) && subject.Kind is User or UserGroup)
            {
                subject.ApiGroup = Group;
            }
        }

        if (role is not null && string.IsNullOrEmpty(role.ApiGroup))
        {
            role.ApiGroup = Group;
        }
    }

    private static string Join(IList<Rbacv1Subject>? subjects, string kind, Func<Rbacv1Subject, string> text)
        => string.Join(", ", (subjects ?? []).Where(one => one.Kind == kind).Select(text));
}
