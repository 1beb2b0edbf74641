using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Identity;

public sealed class ImpersonationTests
{
    private static readonly UserInfo Admin = new("root", [UserInfo.Masters]);
    private static readonly UserInfo Bob = new("bob", [UserInfo.Authenticated]);

    private static Impersonation Impersonation
        => new(new Authorizer([new MastersAuthorizer()], new ResourceIndex(ResourceCatalog.BuiltIn)));

    [Test]
    public void Without_headers_everybody_is_themselves()
    {
        Assert.That(Impersonation.Apply(Bob, Headers()), Is.SameAs(Bob));
        Assert.That(Impersonation.Apply(null, Headers()), Is.Null);
    }

    [Test]
    public void Nobody_becomes_somebody_else_without_permission()
    {
        Assert.That(() => Impersonation.Apply(Bob, Headers(("Impersonate-User", "alice"))),
            Throws.TypeOf<ApiException>().With.Message.EqualTo(
                "users \"alice\" is forbidden: User \"bob\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"));
        Assert.That(() => Impersonation.Apply(Bob, Headers(("Impersonate-User", "system:serviceaccount:a:b"))),
            Throws.TypeOf<ApiException>().With.Message.EqualTo(
                "serviceaccounts \"b\" is forbidden: User \"bob\" cannot impersonate resource \"serviceaccounts\" in API group \"\" "
                + "in the namespace \"a\""));
        Assert.That(() => Impersonation.Apply(null, Headers(("Impersonate-User", "alice"))),
            Throws.TypeOf<ApiException>().With.Property("Code").EqualTo(401));
    }

    [Test]
    public void Groups_are_those_that_are_named_and_that_of_everybody()
    {
        var alice = Impersonation.Apply(Admin, Headers(
            ("Impersonate-User", "alice"), ("Impersonate-Group", "dev"), ("Impersonate-Uid", "u-1")))!;
        var nobody = Impersonation.Apply(Admin, Headers(("Impersonate-User", "system:anonymous")))!;

        Assert.That((alice.Name, alice.Uid), Is.EqualTo(("alice", "u-1")));
        Assert.That(alice.Groups, Is.EqualTo(new[] { "dev", "system:authenticated" }));
        Assert.That(nobody.Groups, Is.EqualTo(new[] { "system:unauthenticated" }));
    }

    [Test]
    public void A_group_without_a_user_is_refused()
        => Assert.That(() => Impersonation.Apply(Admin, Headers(("Impersonate-Group", "dev"))),
            Throws.TypeOf<ApiException>().With.Message.EqualTo("requested group dev without impersonating a user"));

    private static HeaderDictionary Headers(params (string Name, string Value)[] headers)
    {
        var all = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            all.Append(name, value);
        }

        return all;
    }
}
