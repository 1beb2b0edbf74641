using System.Net;

namespace MiniKube.IntegrationTests;

public sealed class AccessTests : HttpFixture
{
    [TestCase("/healthz")]
    [TestCase("/livez")]
    [TestCase("/readyz")]
    [TestCase("/readyz/ping")]
    [TestCase("/version")]
    [TestCase("/cacerts"), CancelAfter(20_000)]
    public async Task Anybody_may_see_health_version_and_authority(string path, CancellationToken cancellationToken)
    {
        using var anonymous = Cluster.HttpClient(authenticated: false);

        var answer = await anonymous.GetAsync(path, cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("/api/v1/pods")]
    [TestCase("/apis")]
    [TestCase("/metrics")]
    [TestCase("/nowhere"), CancelAfter(20_000)]
    public async Task Nobody_sees_more_without_a_credential(string path, CancellationToken cancellationToken)
    {
        using var anonymous = Cluster.HttpClient(authenticated: false);

        var answer = await anonymous.GetAsync(path, cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(
            await answer.Content.ReadAsStringAsync(cancellationToken), Does.Contain("\"reason\":\"Unauthorized\""));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_wrong_token_is_refused_even_where_none_is_needed(CancellationToken cancellationToken)
    {
        using var stranger = Cluster.HttpClient(authenticated: false);
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "wrong");

        var answer = await stranger.GetAsync("/version", cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test, CancelAfter(20_000)]
    public void Whoever_is_no_administrator_and_no_component_is_forbidden_in_the_words_of_Kubernetes()
    {
        var client = Cluster.Server.CreateClient("bob", "dev");

        Assert.That(
            async () => await client.ListAsync<k8s.Models.V1Pod>(
                new Client.ObjectQuery("default"), CancellationToken.None),
            Throws.TypeOf<Api.ApiException>().With.Message.EqualTo(
                "pods is forbidden: User \"bob\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\""));
    }

    [TestCase("GET", "/nowhere", HttpStatusCode.NotFound)]
    [TestCase("GET", "/api/v1/widgets", HttpStatusCode.NotFound)]
    [TestCase("GET", "/apis/apps/v2/deployments", HttpStatusCode.NotFound)]
    [TestCase("GET", "/api/v1/namespaces/default/nodes", HttpStatusCode.NotFound)]
    [TestCase("GET", "/api/v1/namespaces/default/configmaps/a/status", HttpStatusCode.NotFound)]
    [TestCase("PUT", ConfigMaps, HttpStatusCode.MethodNotAllowed)]
    [TestCase("POST", "/api/v1/pods", HttpStatusCode.MethodNotAllowed)]
    [TestCase("POST", $"{ConfigMaps}/a", HttpStatusCode.MethodNotAllowed), CancelAfter(20_000)]
    public async Task A_request_that_leads_nowhere_gets_a_Status(
        string method, string path, HttpStatusCode code, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(new HttpMethod(method), path, null, cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(code));
        Assert.That(answer.Field("kind"), Is.EqualTo("Status"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Readiness_names_its_checks(CancellationToken cancellationToken)
    {
        Cluster.Server.Health.AddReadiness("late", () => "not yet");

        var failing = await GetAsync("/readyz", cancellationToken);
        var excluded = await GetAsync("/readyz?exclude=late&verbose", cancellationToken);
        var live = await GetAsync("/livez", cancellationToken);

        Assert.That(failing.Code, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(failing.Text, Does.Contain("[-]late failed: not yet"));
        Assert.That(excluded.Text, Does.Contain("[+]bootstrap-objects ok").And.Contain("readyz check passed"));
        Assert.That(live.Text, Is.EqualTo("ok"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Metrics_count_requests_by_verb_resource_and_code(CancellationToken cancellationToken)
    {
        await GetAsync($"{ConfigMaps}/absent", cancellationToken);

        var metrics = await GetAsync("/metrics", cancellationToken);

        Assert.That(
            metrics.Text, Does.Contain("apiserver_request_total{verb=\"get\",resource=\"configmaps\",code=\"404\"} 1"));
        Assert.That(metrics.Text, Does.Contain("minikube_store_revision "));
    }
}
