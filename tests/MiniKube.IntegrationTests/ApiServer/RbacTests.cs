using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.IntegrationTests;

public sealed class RbacTests : HttpFixture
{
    private const string Roles = "/apis/rbac.authorization.k8s.io/v1";

    [Test, CancelAfter(20_000)]
    public async Task A_binding_counts_from_the_moment_it_is_answered_until_it_is_deleted(CancellationToken cancellationToken)
    {
        var bob = Cluster.Server.CreateClient("bob", "dev");
        await RoleAsync("reader", """{"apiGroups":[""],"resources":["pods"],"verbs":["list"]}""", cancellationToken);

        await BindAsync("reader", "bob", cancellationToken);
        await bob.ListAsync<V1Pod>(new ObjectQuery("default"), cancellationToken);

        AssertForbidden(() => bob.ListAsync<V1Pod>(new ObjectQuery("kube-system"), cancellationToken),
            "pods is forbidden: User \"bob\" cannot list resource \"pods\" in API group \"\" in the namespace \"kube-system\"");
        await DeleteAsync($"{Roles}/namespaces/default/rolebindings/reader", cancellationToken);
        AssertForbidden(() => bob.ListAsync<V1Pod>(new ObjectQuery("default"), cancellationToken),
            "pods is forbidden: User \"bob\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"");
    }

    [Test, CancelAfter(20_000)]
    public async Task Nobody_gives_what_they_do_not_have(CancellationToken cancellationToken)
    {
        var bob = Cluster.Server.CreateClient("bob", "dev");
        await RoleAsync(
            "manager",
            """
            {"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"],"verbs":["create"]},
            {"apiGroups":[""],"resources":["pods"],"verbs":["get"]}
            """,
            cancellationToken);
        await BindAsync("manager", "bob", cancellationToken);

        AssertForbidden(() => bob.CreateAsync(Role("more", "get", "delete"), cancellationToken),
            "roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"bob\" (groups=[\"dev\" \"system:authenticated\"]) is "
            + "attempting to grant RBAC permissions not currently held:\n"
            + "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\"]}");
        await bob.CreateAsync(Role("same", "get"), cancellationToken);

        await RoleAsync(
            "escalator", """{"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"],"verbs":["escalate"]}""", cancellationToken);
        await BindAsync("escalator", "bob", cancellationToken);
        await bob.CreateAsync(Role("more", "get", "delete"), cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_binding_never_changes_its_role(CancellationToken cancellationToken)
    {
        await RoleAsync("reader", """{"apiGroups":[""],"resources":["pods"],"verbs":["list"]}""", cancellationToken);
        await BindAsync("reader", "bob", cancellationToken);

        var answer = await PatchAsync(
            $"{Roles}/namespaces/default/rolebindings/reader", "merge", """{"roleRef":{"name":"other"}}""", cancellationToken);

        Assert.That((int)answer.Code, Is.EqualTo(422));
        Assert.That(answer.Text, Does.Contain("cannot change roleRef"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Default_roles_are_there_from_the_start(CancellationToken cancellationToken)
    {
        var bound = await GetAsync($"{Roles}/clusterrolebindings/system:discovery", cancellationToken);
        var role = await GetAsync($"{Roles}/clusterroles/cluster-admin", cancellationToken);

        Assert.That(bound.Text, Does.Contain("system:authenticated"));
        Assert.That(role.Text, Does.Contain("rbac.authorization.kubernetes.io/autoupdate"));
    }

    private static V1Role Role(string name, params string[] verbs) => new()
    {
        ApiVersion = "rbac.authorization.k8s.io/v1",
        Kind = "Role",
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
        Rules = [new V1PolicyRule { ApiGroups = [""], Resources = ["pods"], Verbs = verbs }],
    };

    private static void AssertForbidden(Func<Task> act, string message)
        => Assert.That(async () => await act(), Throws.TypeOf<ApiException>().With.Message.EqualTo(message));

    private async Task RoleAsync(string name, string rules, CancellationToken cancellationToken)
        => Assert.That((int)(await PostAsync(
            $"{Roles}/namespaces/default/roles",
            $$"""{"metadata":{"name":"{{name}}"},"rules":[{{rules}}]}""",
            cancellationToken)).Code, Is.EqualTo(201));

    private async Task BindAsync(string role, string user, CancellationToken cancellationToken)
        => Assert.That((int)(await PostAsync(
            $"{Roles}/namespaces/default/rolebindings",
            $$"""
            {"metadata":{"name":"{{role}}"},"roleRef":{"kind":"Role","name":"{{role}}"},
             "subjects":[{"kind":"User","name":"{{user}}"}]}
            """,
            cancellationToken)).Code, Is.EqualTo(201));
}
