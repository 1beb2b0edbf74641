using System.Net;
using Microsoft.AspNetCore.Http;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Webhooks that are not there, or talk nonsense: a Status that names the cause, or nothing at all when that is wanted.</summary>
public sealed class WebhookFailureTests : WebhookFixture
{
    private const string Uid = "~UID~";

    private static readonly TestCaseData[] Nonsense =
    [
        new("not json", "received invalid webhook response: the answer is not JSON: "),
        new("[]", "received invalid webhook response: the answer is no JSON object"),
        new("{}", "received invalid webhook response: webhook response was absent"),
        new("", "received invalid webhook response: the answer is not JSON: "),
        new(
            """{"response":{"uid":"other","allowed":true} }""",
            "received invalid webhook response: expected response.uid=\"~UID~\", got \"other\""),
        new(
            """{"apiVersion":"v1","kind":"Pod","response":{"uid":"~UID~","allowed":true} }""",
            "received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got v1, Kind=Pod"),
        new(
            """{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"~UID~","allowed":true,"patch":"W10="} }""",
            "received invalid webhook response: webhook returned response.patch but not response.patchType"),
        new(
            """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",
             "response":{"uid":"~UID~","allowed":true,"patch":"W10=","patchType":"Merge"} }
            """,
            "received invalid webhook response: webhook returned invalid response.patchType of \"Merge\""),
        new(
            """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",
             "response":{"uid":"~UID~","allowed":true,"patch":"!!","patchType":"JSONPatch"} }
            """,
            "received invalid webhook response: "),
    ];

    private static string OnMaps => AdmissionWebhookServer.Rule("CREATE", "configmaps");

    [TestCaseSource(nameof(Nonsense))]
    [CancelAfter(30_000)]
    public async Task Nonsense_is_refused_with_what_is_wrong_with_it(
        string answer, string problem, CancellationToken cancellationToken)
    {
        Webhooks.OnWire("/odd", context => context.Response.WriteAsync(answer.Replace(Uid, LastUid, StringComparison.Ordinal)));
        await InstallAsync(Mutating, "odd", cancellationToken, Webhooks.Hook("/odd", OnMaps));

        var refused = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(refused.Field("reason"), Is.EqualTo("InternalError"));
        var told = problem.Replace(Uid, LastUid, StringComparison.Ordinal);
        Assert.That(refused.Field("message"), Does.StartWith(
            $"Internal error occurred: failed calling webhook \"odd.example.com\": {told}"));
    }

    [TestCase("""[{"op":"remove","path":"/data/missing"}]""")]
    [TestCase("""[{"op":"replace","path":"","value":7}]""")]
    [TestCase("""[{"op":"add","path":"/data","value":"text"}]""")]
    [TestCase("""[{"op":"add","path":"/kind","value":"Pod"}]""")]
    [TestCase("[7]")]
    [CancelAfter(30_000)]
    public async Task A_patch_that_does_not_fit_names_its_webhook(string patch, CancellationToken cancellationToken)
    {
        Webhooks.Patch("/odd", _ => patch);
        await InstallAsync(Mutating, "odd", cancellationToken, Webhooks.Hook("/odd", OnMaps));

        var refused = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(refused.Field("message"), Does.StartWith(
            "Internal error occurred: the patch of admission webhook \"odd.example.com\" cannot be applied: "));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_webhook_that_refuses_to_talk_is_named_with_what_it_answered(CancellationToken cancellationToken)
    {
        Webhooks.OnWire("/down", context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        await InstallAsync(Validating, "down", cancellationToken, Webhooks.Hook("/down", OnMaps));

        var refused = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(refused.Field("message"), Is.EqualTo(
            "Internal error occurred: failed calling webhook \"down.example.com\": failed to call webhook: "
            + $"Post \"https://127.0.0.1:{Webhooks.Port}/down?timeout=30s\": the server answered 503"));
    }

    [Test, CancelAfter(30_000)]
    public async Task An_answer_without_end_is_cut_off(CancellationToken cancellationToken)
    {
        var block = new byte[1024 * 1024];
        Webhooks.OnWire("/huge", async context =>
        {
            for (var sent = 0; sent < 20; sent++)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
        });
        await InstallAsync(Validating, "huge", cancellationToken, Webhooks.Hook("/huge", OnMaps));

        var refused = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(refused.Field("message"), Does.Contain("failed to call webhook").And.Contain("16777216"));
    }

    [TestCase("Fail", HttpStatusCode.InternalServerError)]
    [TestCase("Ignore", HttpStatusCode.Created)]
    [CancelAfter(60_000)]
    public async Task A_webhook_that_never_answers_costs_its_timeout(
        string policy, HttpStatusCode code, CancellationToken cancellationToken)
    {
        Webhooks.OnWire("/slow", static async context =>
        {
            var gone = new TaskCompletionSource();
            await using var left = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        });
        await InstallAsync(
            Validating, "slow", cancellationToken, Webhooks.Hook("/slow", OnMaps, $"\"timeoutSeconds\":1,\"failurePolicy\":\"{policy}\""));

        var answer = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(code));
        if (policy == "Fail")
        {
            Assert.That(answer.Field("message"), Does.Contain("context deadline exceeded"));
        }
    }

    [TestCase("Fail", "connect", HttpStatusCode.InternalServerError, "failed to call webhook: Post \"https://127.0.0.1:1/?timeout=10s\": ")]
    [TestCase("Ignore", "connect", HttpStatusCode.Created, "")]
    [TestCase("Fail", "trust", HttpStatusCode.InternalServerError, "certificate")]
    [TestCase("Fail", "bundle", HttpStatusCode.InternalServerError, "unable to load root certificates: caBundle ")]
    [TestCase("Fail", "service", HttpStatusCode.InternalServerError, "no endpoints available for service \"default/nobody\"")]
    [CancelAfter(30_000)]
    public async Task What_cannot_be_reached_is_told_with_the_reason(
        string policy, string how, HttpStatusCode code, string problem, CancellationToken cancellationToken)
    {
        var client = how switch
        {
            "connect" => """{"url":"https://127.0.0.1:1/"}""",
            "trust" => $$"""{"url":"https://127.0.0.1:{{Webhooks.Port}}/"}""",
            "bundle" => $$"""{"url":"https://127.0.0.1:{{Webhooks.Port}}/","caBundle":"bm90IHBlbQ=="}""",
            _ => """{"service":{"namespace":"default","name":"nobody"} }""",
        };
        await InstallAsync(Validating, "lost", cancellationToken, $$"""
            {"name":"lost.example.com","admissionReviewVersions":["v1"],"sideEffects":"None","clientConfig":{{client}},
             "rules":[{{OnMaps}}],"failurePolicy":"{{policy}}"}
            """);

        var answer = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(code), answer.Text);
        if (problem.Length > 0)
        {
            Assert.That(answer.Field("message"), Does.StartWith("Internal error occurred: failed calling webhook \"lost.example.com\": "));
            Assert.That(answer.Field("message"), Does.Contain(problem));
        }
    }

    private string LastUid => (string)Webhooks.Asked.Last().Request["uid"]!;
}
