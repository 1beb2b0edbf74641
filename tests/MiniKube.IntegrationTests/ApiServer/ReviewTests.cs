using System.Net;
using System.Text.Json.Nodes;

namespace MiniKube.IntegrationTests;

/// <summary>Kinds that are answered and not stored, and acting as somebody else.</summary>
public sealed class ReviewTests : HttpFixture
{
    private const string Access = "/apis/authorization.k8s.io/v1";
    private const string Identity = "/apis/authentication.k8s.io/v1";

    [TestCase("""{"resourceAttributes":{"verb":"*","group":"*","resource":"*"}}""", true)]
    [TestCase("""{"nonResourceAttributes":{"verb":"get","path":"/metrics"}}""", true)]
    public async Task An_administrator_may_do_everything(string spec, bool allowed)
        => Assert.That(await AskAsync("selfsubjectaccessreviews", spec), Is.EqualTo(allowed));

    [TestCase("""{"user":"bob","resourceAttributes":{"verb":"list","resource":"pods","namespace":"default"}}""", false)]
    [TestCase("""{"user":"bob","groups":["system:authenticated"],"nonResourceAttributes":{"verb":"get","path":"/api"}}""", true)]
    [TestCase("""{"user":"bob","groups":["system:masters"],"resourceAttributes":{"verb":"fly","group":"a.io","resource":"kites"}}""", true)]
    [TestCase("""{"user":"bob","resourceAttributes":{"verb":"fly","group":"a.io","resource":"kites"}}""", false)]
    [TestCase("""{"user":"system:node:a","groups":["system:nodes"],"resourceAttributes":{"verb":"get","resource":"nodes","name":"a"}}""", true)]
    public async Task What_others_may_is_answered_too(string spec, bool allowed)
        => Assert.That(await AskAsync("subjectaccessreviews", spec), Is.EqualTo(allowed));

    [Test]
    public async Task A_question_without_sense_is_refused_with_every_problem()
    {
        var answer = await PostAsync($"{Access}/subjectaccessreviews", """{"spec":{}}""", CancellationToken.None);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(answer.Text, Does.Contain("spec.user").And.Contain("spec.resourceAttributes"));
    }

    [Test]
    public async Task Reviews_are_not_stored_and_can_only_be_created()
    {
        await AskAsync("selfsubjectaccessreviews", """{"nonResourceAttributes":{"verb":"get","path":"/"}}""");

        Assert.That((await GetAsync($"{Access}/selfsubjectaccessreviews", CancellationToken.None)).Code,
            Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That((await DeleteAsync($"{Access}/selfsubjectaccessreviews/a", CancellationToken.None)).Code,
            Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    [Test]
    public async Task A_token_is_told_whose_it_is()
    {
        var token = Cluster.Server.AdminCredentials.Token;
        var right = await PostAsync($"{Identity}/tokenreviews", $$"""{"spec":{"token":"{{token}}"} }""", CancellationToken.None);
        var wrong = await PostAsync($"{Identity}/tokenreviews", """{"spec":{"token":"guess"}}""", CancellationToken.None);

        Assert.That((string?)JsonNode.Parse(right.Text)!["status"]!["user"]!["username"], Is.EqualTo("system:admin"));
        Assert.That((string?)JsonNode.Parse(wrong.Text)!["status"]!["error"], Is.EqualTo("invalid bearer token"));
    }

    [Test]
    public async Task Who_is_impersonated_counts()
    {
        Http.DefaultRequestHeaders.Add("Impersonate-User", "system:serviceaccount:default:robot");
        Http.DefaultRequestHeaders.Add("Impersonate-Extra-scopes%2fread", "all");

        var me = await PostAsync($"{Identity}/selfsubjectreviews", "{}", CancellationToken.None);
        var pods = await GetAsync(Pods, CancellationToken.None);

        var user = JsonNode.Parse(me.Text)!["status"]!["userInfo"]!;
        Assert.That((string?)user["username"], Is.EqualTo("system:serviceaccount:default:robot"));
        Assert.That(user["groups"]!.AsArray().Select(group => (string?)group), Is.EqualTo(
            new[] { "system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated" }));
        Assert.That((string?)user["extra"]!["scopes/read"]![0], Is.EqualTo("all"));
        Assert.That(pods.Text, Does.Contain("User \\\"system:serviceaccount:default:robot\\\" cannot list resource"));
    }

    private async Task<bool> AskAsync(string kind, string spec)
    {
        var answer = await PostAsync($"{Access}/{kind}", $$"""{"spec":{{spec}}}""", CancellationToken.None);
        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.Created), answer.Text);
        return (bool)JsonNode.Parse(answer.Text)!["status"]!["allowed"]!;
    }
}
