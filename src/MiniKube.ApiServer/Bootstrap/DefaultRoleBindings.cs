using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>Kubernetes' default bindings, new at every call: who has which default role without being given it.</summary>
internal static class DefaultRoleBindings
{
    public static IEnumerable<V1ClusterRoleBinding> All =>
    [
        Bind("cluster-admin", Groups(UserInfo.Masters)),
        Bind("system:basic-user", Groups(UserInfo.Authenticated)),
        Bind("system:discovery", Groups(UserInfo.Authenticated)),
        Bind("system:public-info-viewer", Groups(UserInfo.Authenticated, UserInfo.Unauthenticated)),
        Bind("system:monitoring", Groups("system:monitoring")),
        Bind("system:kube-scheduler", User("system:kube-scheduler")),
        Bind("system:node-proxier", User("system:kube-proxy")),
        Bind("system:service-account-issuer-discovery", Groups("system:serviceaccounts")),
        // The Node authorizer answers nodes; the binding is there for tools that look for it, without subjects, as in Kubernetes.
        Bind("system:node", []),
        .. DefaultControllerRoles.All.Select(static role => Bind(role.Metadata.Name, Account(role.Metadata.Name))),
    ];

    private static V1ClusterRoleBinding Bind(string role, Rbacv1Subject[] subjects) => new()
    {
        Metadata = DefaultClusterRoles.Metadata(role),
        RoleRef = new V1RoleRef { ApiGroup = RbacTexts.Group, Kind = RbacTexts.ClusterRole, Name = role },
        Subjects = subjects,
    };

    private static Rbacv1Subject[] Groups(params string[] names)
        => [.. names.Select(static name => new Rbacv1Subject { ApiGroup = RbacTexts.Group, Kind = RbacTexts.UserGroup, Name = name })];

    private static Rbacv1Subject[] Account(string role) =>
    [
        new Rbacv1Subject
        {
            Kind = "ServiceAccount",
            Name = role[DefaultControllerRoles.Prefix.Length..],
            NamespaceProperty = "kube-system",
        },
    ];

    private static Rbacv1Subject[] User(string name)
        => [new Rbacv1Subject { ApiGroup = RbacTexts.Group, Kind = RbacTexts.User, Name = name }];
}
