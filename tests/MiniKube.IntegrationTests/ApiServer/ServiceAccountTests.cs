using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Service accounts: their tokens, and what pods get of them.</summary>
public sealed class ServiceAccountTests : HttpFixture
{
    private const string Accounts = "/api/v1/namespaces/default/serviceaccounts";
    private const string Secrets = "/api/v1/namespaces/default/secrets";
    private const string Reviews = "/apis/authentication.k8s.io/v1";

    [SetUp]
    public Task AddRobotAsync() => PostAsync(
        Accounts, """{"metadata":{"name":"robot"},"imagePullSecrets":[{"name":"registry"}]}""", CancellationToken.None);

    [Test]
    public async Task A_token_is_its_account_and_may_what_the_account_may()
    {
        var answer = await PostAsync($"{Accounts}/robot/token", """{"spec":{"expirationSeconds":600} }""", CancellationToken.None);
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.Field("status", "token"));

        var self = await PostAsync($"{Reviews}/selfsubjectreviews", "{}", CancellationToken.None);
        var pods = await GetAsync(Pods, CancellationToken.None);
        var discovery = await GetAsync("/api", CancellationToken.None);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(answer.Field("kind"), Is.EqualTo("TokenRequest"));
        Assert.That(self.Field("status", "userInfo", "username"), Is.EqualTo("system:serviceaccount:default:robot"));
        Assert.That(pods.Code, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(discovery.Code, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("""{"spec":{"expirationSeconds":599} }""", "may not specify a duration less than 10 minutes")]
    [TestCase("""{"spec":{"expirationSeconds":99999999999} }""", "may not specify a duration larger than 2^32 seconds")]
    [TestCase("""{"spec":{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"gone"} } }""", "pods \"gone\" not found")]
    [TestCase("""{"spec":{"boundObjectRef":{"kind":"ConfigMap","apiVersion":"v1","name":"a"} } }""",
        "cannot bind token for serviceaccount to type v1, Kind=ConfigMap")]
    public async Task A_token_that_cannot_be_given_is_refused(string body, string why)
    {
        var answer = await PostAsync($"{Accounts}/robot/token", body, CancellationToken.None);

        Assert.That((int)answer.Code, Is.InRange(400, 422));
        Assert.That(answer.Field("message"), Does.Contain(why));
    }

    [Test]
    public async Task A_token_bound_to_a_pod_is_void_when_the_pod_is_gone()
    {
        await PostAsync(Pods, PodOf("web", "robot"), CancellationToken.None);
        var answer = await PostAsync($"{Accounts}/robot/token",
            """{"spec":{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"web"} } }""", CancellationToken.None);
        var before = await ReviewAsync(answer.Field("status", "token")!);
        await DeleteAsync($"{Pods}/web?gracePeriodSeconds=0", CancellationToken.None);

        var after = await ReviewAsync(answer.Field("status", "token")!);

        Assert.That((bool?)before["authenticated"], Is.True);
        Assert.That((string?)before["user"]!["extra"]!["authentication.kubernetes.io/pod-name"]![0], Is.EqualTo("web"));
        Assert.That((bool?)after["authenticated"] ?? false, Is.False);
    }

    [Test]
    public async Task A_token_for_a_vault_is_known_to_the_vault_only()
    {
        var answer = await PostAsync($"{Accounts}/robot/token", """{"spec":{"audiences":["vault"]} }""", CancellationToken.None);
        var token = answer.Field("status", "token")!;

        var here = await ReviewAsync(token);
        var there = await ReviewAsync(token, ""","audiences":["vault","other"]""");

        Assert.That((bool?)here["authenticated"] ?? false, Is.False);
        Assert.That((bool?)there["authenticated"], Is.True);
        Assert.That(there["audiences"]!.ToJsonString(), Is.EqualTo("""["vault"]"""));
    }

    [Test]
    public async Task A_new_pod_gets_a_volume_with_its_token_and_the_accounts_pull_secrets()
    {
        var pod = await PostAsync(Pods, PodOf("web", "robot"), CancellationToken.None);
        var shy = await PostAsync(Pods, PodOf("shy", "robot", ""","automountServiceAccountToken":false"""), CancellationToken.None);
        var lost = await PostAsync(Pods, PodOf("lost", "nobody"), CancellationToken.None);

        var spec = pod.Json["spec"]!;
        var mount = spec["containers"]![0]!["volumeMounts"]![0]!;
        Assert.That((string?)mount["mountPath"], Is.EqualTo("/var/run/secrets/kubernetes.io/serviceaccount"));
        Assert.That((string?)mount["name"], Does.Match("^kube-api-access-.{5}$").And.EqualTo((string?)spec["volumes"]![0]!["name"]));
        Assert.That(spec["volumes"]![0]!["projected"]!["sources"]!.ToJsonString(), Is.EqualTo(
            """[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},"""
            + """{"configMap":{"items":[{"key":"ca.crt","path":"ca.crt"}],"name":"kube-root-ca.crt"}},"""
            + """{"downwardAPI":{"items":[{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"},"path":"namespace"}]}}]"""));
        Assert.That((string?)spec["imagePullSecrets"]![0]!["name"], Is.EqualTo("registry"));
        Assert.That(shy.Json["spec"]!["volumes"], Is.Null);
        Assert.That(lost.Code, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(lost.Field("message"), Is.EqualTo("pods \"lost\" is forbidden: error looking up service account default/nobody: "
            + "serviceaccount \"nobody\" not found"));
    }

    [Test]
    public async Task A_token_Secret_is_filled_and_goes_with_its_account()
    {
        const string Body = """
            {"metadata":{"name":"robot-token","annotations":{"kubernetes.io/service-account.name":"robot"} },
             "type":"kubernetes.io/service-account-token"}
            """;
        var secret = await PostAsync(Secrets, Body, CancellationToken.None);
        var token = Encoding.ASCII.GetString(Convert.FromBase64String(secret.Field("data", "token")!));
        var before = await ReviewAsync(token);
        await DeleteAsync($"{Secrets}/robot-token", CancellationToken.None);

        var after = await ReviewAsync(token);
        var orphan = await PostAsync(Secrets, Body.Replace("\"robot\"", "\"nobody\"", StringComparison.Ordinal), CancellationToken.None);

        Assert.That((string?)before["user"]!["username"], Is.EqualTo("system:serviceaccount:default:robot"));
        Assert.That(secret.Field("data", "ca.crt"), Is.Not.Null);
        Assert.That((string?)secret.Json["metadata"]!["ownerReferences"]![0]!["name"], Is.EqualTo("robot"));
        Assert.That((bool?)after["authenticated"] ?? false, Is.False);
        Assert.That(orphan.Code, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Others_can_check_tokens_with_the_issuers_documents()
    {
        var token = (await PostAsync($"{Accounts}/robot/token", "{}", CancellationToken.None)).Field("status", "token")!;

        var configuration = await GetAsync("/.well-known/openid-configuration", CancellationToken.None);
        var keys = await GetAsync("/openid/v1/jwks", CancellationToken.None);

        var header = JsonNode.Parse(Base64Url(token.Split('.')[0]))!;
        var body = JsonNode.Parse(Base64Url(token.Split('.')[1]))!;
        Assert.That(configuration.Field("issuer"), Is.EqualTo((string?)body["iss"]));
        Assert.That(new Uri(configuration.Field("jwks_uri")!).AbsolutePath, Is.EqualTo("/openid/v1/jwks"));
        Assert.That((string?)keys.Json["keys"]![0]!["kid"], Is.EqualTo((string?)header["kid"]));
    }

    private static byte[] Base64Url(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private static string PodOf(string name, string account, string more = "") => $$"""
        {"metadata":{"name":"{{name}}"},
         "spec":{"serviceAccountName":"{{account}}"{{more}},"containers":[{"name":"a","image":"x"}]} }
        """;

    private async Task<JsonNode> ReviewAsync(string token, string more = "")
    {
        var answer = await PostAsync(
            $"{Reviews}/tokenreviews", $$"""{"spec":{"token":"{{token}}"{{more}} } }""", CancellationToken.None);
        return answer.Json["status"]!;
    }
}
