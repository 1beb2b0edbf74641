using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// Kubernetes' default cluster roles, new at every call.
/// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
/// </summary>
internal static class DefaultClusterRoles
{
    private const string AggregateTo = "rbac.authorization.k8s.io/aggregate-to-";
    private const string Read = "get list watch";
    private const string All8 = "create delete deletecollection get list patch update watch";
    private const string Approvers = "system:certificates.k8s.io:";

    public static IEnumerable<V1ClusterRole> All =>
    [
        Role("cluster-admin", Rule("*", "*", "*"), Urls("*", "*")),
        Aggregate("admin", null),
        Aggregate("edit", "admin"),
        Aggregate("view", "edit"),
        AggregateToAdmin(),
        DefaultUserRoles.AggregateToEdit(),
        DefaultUserRoles.AggregateToView(),
        Role("system:basic-user",
            Rule("authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews", "create"),
            Rule("authentication.k8s.io", "selfsubjectreviews", "create")),
        Role("system:discovery",
            Urls("/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/", "get")),
        Role("system:public-info-viewer", Urls("/healthz /livez /readyz /version /version/", "get")),
        Role("system:monitoring",
            Urls("/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*", "get")),
        Role("system:service-account-issuer-discovery", Urls("/.well-known/openid-configuration /openid/v1/jwks", "get")),
        Role("system:auth-delegator",
            Rule("authentication.k8s.io", "tokenreviews", "create"),
            Rule("authorization.k8s.io", "subjectaccessreviews", "create")),
        Role("system:node-bootstrapper", Rule("certificates.k8s.io", "certificatesigningrequests", "create get list watch")),
        Role("system:kubelet-api-admin",
            Rule("", "nodes", Read),
            Rule("", "nodes", "proxy"),
            Rule("", "nodes/log nodes/metrics nodes/proxy nodes/stats", "*")),
        Role("system:kube-dns", Rule("", "endpoints services", "list watch")),
        Role("system:node-proxier",
            Rule("", "endpoints services", "list watch"),
            Rule("", "nodes", Read),
            Rule("|events.k8s.io", "events", "create patch update"),
            Rule("discovery.k8s.io", "endpointslices", "list watch")),
        Approver("kube-apiserver-client"),
        Approver("kube-apiserver-client-kubelet"),
        Approver("kubelet-serving"),
        DefaultComponentRoles.Scheduler(),
        DefaultComponentRoles.Node(),
        .. DefaultControllerRoles.All,
    ];

    public static V1ObjectMeta Metadata(string name) => new()
    {
        Name = name,
        Labels = new Dictionary<string, string> { ["kubernetes.io/bootstrapping"] = "rbac-defaults" },
        Annotations = new Dictionary<string, string> { [RbacBootstrap.AutoUpdate] = "true" },
    };

    public static V1ClusterRole Role(string name, params V1PolicyRule[] rules)
        => new() { Metadata = Metadata(name), Rules = rules };

    public static V1ClusterRole PartOf(string target, params V1PolicyRule[] rules)
    {
        var role = Role($"system:aggregate-to-{target}", rules);
        role.Metadata.Labels.Add($"{AggregateTo}{target}", "true");
        return role;
    }

    /// <summary>A rule; words are separated by blanks, groups by bars, since one of them is empty.</summary>
    public static V1PolicyRule Rule(string groups, string resources, string verbs, string? name = null) => new()
    {
        ApiGroups = groups.Split('|'),
        Resources = resources.Split(' '),
        Verbs = verbs.Split(' '),
        ResourceNames = name is null ? null : [name],
    };

    private static V1PolicyRule Urls(string urls, string verbs)
        => new() { NonResourceURLs = urls.Split(' '), Verbs = verbs.Split(' ') };

    private static V1ClusterRole Approver(string signer)
        => Role($"{Approvers}{signer}-approver", Rule("certificates.k8s.io", "signers", "approve", $"kubernetes.io/{signer}"));

    private static V1ClusterRole AggregateToAdmin() => PartOf("admin",
        Rule("authorization.k8s.io", "localsubjectaccessreviews", "create"),
        Rule(RbacTexts.Group, "rolebindings roles", All8));

    private static V1ClusterRole Aggregate(string name, string? into)
    {
        var labels = new Dictionary<string, string> { [$"{AggregateTo}{name}"] = "true" };
        var role = Role(name);
        role.Rules = null;
        role.AggregationRule = new V1AggregationRule { ClusterRoleSelectors = [new V1LabelSelector { MatchLabels = labels }] };
        if (into is not null)
        {
            role.Metadata.Labels.Add($"{AggregateTo}{into}", "true");
        }

        return role;
    }
}
