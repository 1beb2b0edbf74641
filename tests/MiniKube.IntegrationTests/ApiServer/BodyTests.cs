using System.Net;

namespace MiniKube.IntegrationTests;

public sealed class BodyTests : HttpFixture
{
    [Test, CancelAfter(20_000)]
    public async Task Broken_json_is_refused_with_its_place(CancellationToken cancellationToken)
    {
        var answer = await PostAsync(ConfigMaps, "{\"metadata\":\n {\"name\" \"a\"}}", cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Field("message"), Does.Contain("line 2"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_body_over_three_MiB_is_refused(CancellationToken cancellationToken)
    {
        var answer = await PostAsync(
            ConfigMaps, ConfigMap("a", value: new string('x', 3 * 1024 * 1024)), cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(answer.Field("message"), Is.EqualTo("Request entity too large: limit is 3145728"));
    }

    [TestCase("text/plain"), CancelAfter(20_000)]
    public async Task A_body_of_an_unknown_type_is_refused(string type, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Post, ConfigMaps, "k8s", cancellationToken, type);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    [TestCase("application/vnd.kubernetes.protobuf", HttpStatusCode.NotAcceptable)]
    [TestCase("application/vnd.kubernetes.protobuf,application/json", HttpStatusCode.OK)]
    [TestCase("*/*", HttpStatusCode.OK), CancelAfter(20_000)]
    public async Task Json_is_sent_to_whoever_takes_it(
        string accept, HttpStatusCode code, CancellationToken cancellationToken)
    {
        Http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", accept);

        var answer = await GetAsync(ConfigMaps, cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(code));
    }

    [Test, CancelAfter(20_000)]
    public async Task Yaml_is_taken_as_well(CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            HttpMethod.Post, ConfigMaps, "metadata:\n  name: a\ndata:\n  k: \"1\"\n", cancellationToken, "application/yaml");

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(answer.Field("data", "k"), Is.EqualTo("1"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Unknown_fields_are_refused_warned_of_or_dropped_as_asked(CancellationToken cancellationToken)
    {
        const string Body = """{"metadata":{"name":"a"},"bogus":1}""";

        var strict = await PostAsync($"{ConfigMaps}?fieldValidation=Strict", Body, cancellationToken);
        var warned = await PostAsync($"{ConfigMaps}?dryRun=All", Body, cancellationToken);
        var ignored = await PostAsync($"{ConfigMaps}?fieldValidation=Ignore", Body, cancellationToken);

        Assert.That(strict.Code, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(strict.Field("message"), Does.Contain("unknown field \"bogus\""));
        Assert.That(warned.Headers.GetValues("Warning").Single(), Is.EqualTo("299 - \"unknown field \\\"bogus\\\"\""));
        Assert.That(ignored.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(ignored.Headers.Contains("Warning"), Is.False);
    }

    [TestCase("{\"data\":{\"a\":\"1\",\"a\":\"2\"}}", "merge")]
    [TestCase("[1]", "merge")]
    [TestCase("{", "merge")]
    [TestCase("{}", "json")]
    [TestCase("[{\"op\":\"jump\",\"path\":\"/data\"}]", "json")]
    [TestCase("null", "strategic-merge"), CancelAfter(20_000)]
    public async Task A_bad_patch_is_the_clients_fault(string patch, string kind, CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);

        var answer = await PatchAsync($"{ConfigMaps}/a", kind, patch, cancellationToken);

        Assert.That((int)answer.Code, Is.InRange(400, 422), answer.Text);
    }
}
