using k8s.Models;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Authorization;

public sealed class RbacPolicyTests
{
    private const string Group = "rbac.authorization.k8s.io";

    [TestCase("get", "", "pods", "", "", true)]
    [TestCase("get", "", "pods", "", "a", true)]
    [TestCase("list", "", "pods", "", "", false)]
    [TestCase("get", "apps", "pods", "", "", false)]
    [TestCase("get", "", "pods", "log", "a", false)]
    [TestCase("create", "", "pods", "exec", "a", true)]
    [TestCase("create", "", "services", "exec", "a", true, Description = "*/exec")]
    [TestCase("create", "", "services", "", "", false)]
    [TestCase("update", "apps", "deployments", "", "web", true)]
    [TestCase("update", "apps", "deployments", "", "other", false)]
    [TestCase("update", "apps", "deployments", "", "", false)]
    [TestCase("anything", "batch", "jobs", "status", "x", true, Description = "*")]
    public void A_rule_allows_what_it_names_and_nothing_else(
        string verb, string group, string resource, string part, string name, bool expected)
    {
        var policy = Policy("User", "jane", Rules());

        Assert.That(policy.Allows(new UserInfo("jane", []), verb, group, resource, part, "default", name), Is.EqualTo(expected));
    }

    [TestCase("User", "jane", "jane", "dev", true)]
    [TestCase("User", "jane", "jim", "dev", false)]
    [TestCase("Group", "dev", "jim", "dev", true)]
    [TestCase("Group", "dev", "dev", "ops", false)]
    [TestCase("ServiceAccount", "robot", "system:serviceaccount:default:robot", "x", true)]
    [TestCase("ServiceAccount", "robot", "system:serviceaccount:other:robot", "x", false)]
    [TestCase("ServiceAccount", "robot", "robot", "robot", false)]
    public void A_binding_is_for_its_subjects(string kind, string subject, string user, string group, bool expected)
    {
        var policy = Policy(kind, subject, Rules());

        Assert.That(policy.Allows(new UserInfo(user, [group]), "get", "", "pods", "", "default", ""), Is.EqualTo(expected));
    }

    [TestCase("default", true)]
    [TestCase("other", false)]
    [TestCase("", false)]
    public void A_role_binding_reaches_no_further_than_its_namespace(string space, bool expected)
        => Assert.That(
            Policy("User", "jane", Rules()).Allows(new UserInfo("jane", []), "get", "", "pods", "", space, ""), Is.EqualTo(expected));

    [TestCase("/healthz", true)]
    [TestCase("/logs/a", true)]
    [TestCase("/healthz/ping", false)]
    public void A_cluster_binding_reaches_paths(string path, bool expected)
    {
        var role = new V1ClusterRole
        {
            Metadata = new V1ObjectMeta { Name = "paths" },
            Rules = [new V1PolicyRule { NonResourceURLs = ["/healthz", "/logs/*"], Verbs = ["get"] }],
        };
        var binding = new V1ClusterRoleBinding
        {
            Metadata = new V1ObjectMeta { Name = "b" },
            RoleRef = new V1RoleRef { ApiGroup = Group, Kind = "ClusterRole", Name = "paths" },
            Subjects = [new Rbacv1Subject { Kind = "User", Name = "jane", ApiGroup = Group }],
        };
        var policy = new RbacPolicy([], [role], [], [binding]);

        Assert.That(policy.AllowsPath(new UserInfo("jane", []), "get", path), Is.EqualTo(expected));
        Assert.That(policy.AllowsPath(new UserInfo("jane", []), "post", path), Is.False);
    }

    [Test]
    public void What_is_not_held_is_told_by_resource_with_its_verbs()
    {
        V1PolicyRule[] held = [Rule(["get"], [""], ["pods"]), Rule(["*"], ["apps"], ["*"])];
        V1PolicyRule[] wanted = [Rule(["get", "list", "delete"], [""], ["pods"]), Rule(["patch"], ["apps"], ["deployments"])];

        var missing = RuleCoverage.Missing(held, wanted);

        Assert.That(RuleCoverage.Describe(missing),
            Is.EqualTo("{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"list\" \"delete\"]}"));
    }

    [Test]
    public void A_rule_for_one_name_does_not_cover_one_for_all()
    {
        var one = Rule(["get"], [""], ["secrets"]) with { ResourceNames = ["a"] };

        Assert.That(RuleCoverage.Missing([one], [Rule(["get"], [""], ["secrets"])]), Has.Length.EqualTo(1));
        Assert.That(RuleCoverage.Missing([Rule(["get"], [""], ["secrets"])], [one]), Is.Empty);
    }

    private static V1PolicyRule[] Rules() =>
    [
        Rule(["get"], [""], ["pods"]),
        Rule(["create"], [""], ["*/exec"]),
        Rule(["update"], ["apps"], ["deployments"]) with { ResourceNames = ["web"] },
        Rule(["*"], ["batch"], ["*"]),
    ];

    private static V1PolicyRule Rule(string[] verbs, string[] groups, string[] resources)
        => new() { Verbs = verbs, ApiGroups = groups, Resources = resources };

    private static RbacPolicy Policy(string kind, string subject, V1PolicyRule[] rules)
    {
        var role = new V1Role { Metadata = new V1ObjectMeta { Name = "r", NamespaceProperty = "default" }, Rules = rules };
        var binding = new V1RoleBinding
        {
            Metadata = new V1ObjectMeta { Name = "b", NamespaceProperty = "default" },
            RoleRef = new V1RoleRef { ApiGroup = Group, Kind = "Role", Name = "r" },
            Subjects = [new Rbacv1Subject { Kind = kind, Name = subject }],
        };
        return new RbacPolicy([role], [], [binding], []);
    }
}
