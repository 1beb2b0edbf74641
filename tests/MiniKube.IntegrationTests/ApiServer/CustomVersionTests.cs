using System.Net;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Custom kinds with several versions.</summary>
public sealed class CustomVersionTests : HttpFixture
{
    private const string Second = "/apis/example.com/v2/namespaces/default/widgets";

    [Test, CancelAfter(30_000)]
    public async Task Without_conversion_only_the_version_differs_and_each_schema_holds(CancellationToken cancellationToken)
    {
        await DefineAsync(Definition(Version("v1", "size", storage: true), Version("v2", "size", more: "\"color\"")), cancellationToken);

        await PostAsync(Second, Widgets.Widget("a", """{"size":"small","color":"red"}""", version: "v2"), cancellationToken);
        var first = await GetAsync($"{Widgets.Path}/a", cancellationToken);
        var second = await GetAsync($"{Second}/a", cancellationToken);
        var patched = await PatchAsync($"{Second}/a", "merge", """{"spec":{"size":"large"}}""", cancellationToken);
        var wrong = await PostAsync(Second, Widgets.Widget("b"), cancellationToken);

        Assert.That(first.Json["apiVersion"]!.ToString(), Is.EqualTo("example.com/v1"));
        Assert.That(first.Json["spec"]!.ToJsonString(), Is.EqualTo("""{"size":"small"}"""));
        Assert.That(second.Field("apiVersion"), Is.EqualTo("example.com/v2"));
        Assert.That(second.Revision, Is.EqualTo(first.Revision));
        Assert.That(patched.Field("apiVersion"), Is.EqualTo("example.com/v2"));
        Assert.That(patched.Field("spec", "size"), Is.EqualTo("large"));
        Assert.That(wrong.Code, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test, CancelAfter(30_000)]
    public async Task Discovery_prefers_the_newest_stable_version_and_hides_what_is_not_served(CancellationToken cancellationToken)
    {
        await DefineAsync(
            Definition(
                Version("v1alpha1", "size", served: false),
                Version("v1beta1", "size", deprecated: true),
                Version("v1", "size", storage: true)),
            cancellationToken);

        var group = await GetAsync("/apis/example.com", cancellationToken);
        var hidden = await GetAsync("/apis/example.com/v1alpha1/widgets", cancellationToken);
        var old = await GetAsync("/apis/example.com/v1beta1/widgets", cancellationToken);

        Assert.That(group.Field("preferredVersion", "version"), Is.EqualTo("v1"));
        Assert.That(group.Json["versions"]!.AsArray().Select(one => (string)one!["version"]!), Is.EqualTo(["v1", "v1beta1"]));
        Assert.That(hidden.Code, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(old.Headers.GetValues("Warning").Single(), Is.EqualTo("299 - \"example.com/v1beta1 Widget is deprecated\""));
    }

    [Test, CancelAfter(30_000)]
    public async Task Another_storage_version_leaves_old_objects_readable_and_is_remembered(CancellationToken cancellationToken)
    {
        await DefineAsync(Definition(Version("v1", "size", storage: true), Version("v2", "size")), cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("a"), cancellationToken);

        var changed = await PatchAsync(
            $"{Widgets.Definitions}/{Widgets.DefinitionName}", "merge",
            $$"""{"spec":{"versions":[{{Version("v1", "size")}},{{Version("v2", "size", storage: true)}}]} }""", cancellationToken);
        var dropped = await PatchAsync(
            $"{Widgets.Definitions}/{Widgets.DefinitionName}", "merge",
            $$"""{"spec":{"versions":[{{Version("v2", "size", storage: true)}}]} }""", cancellationToken);

        Assert.That(changed.Json["status"]!["storedVersions"]!.ToJsonString(), Is.EqualTo("""["v1","v2"]"""));
        Assert.That(
            dropped.Field("message"), Does.EndWith("status.storedVersions[0]: Invalid value: \"v1\": must appear in spec.versions"));
        await Eventually.HoldsAsync(
            "the old object is shown by both versions",
            async () => (await GetAsync($"{Second}/a", cancellationToken)).Field("spec", "size") == "small"
                && (await PatchAsync($"{Widgets.Path}/a", "merge", """{"metadata":{"labels":{"a":"b"}}}""", cancellationToken))
                    .Field("apiVersion") == "example.com/v1",
            cancellationToken);
    }

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(30_000)]
    public async Task A_webhook_converts_what_is_written_read_listed_and_watched(bool byService, CancellationToken cancellationToken)
    {
        await using var webhook = await ConversionWebhook.StartAsync("converter.default.svc", cancellationToken);
        await DefineAsync(await WithWebhookAsync(webhook, byService, cancellationToken), cancellationToken);

        await PostAsync(Widgets.Path, Widgets.Widget("a"), cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("b"), cancellationToken);
        var created = await PostAsync(Second, Widgets.Widget("c", """{"dimension":"large"}""", version: "v2"), cancellationToken);
        var first = await GetAsync($"{Widgets.Path}/c", cancellationToken);
        webhook.Questions.Clear();
        var list = await GetAsync(Second, cancellationToken);
        var again = await GetAsync(Second, cancellationToken);
        using var response = await Http.GetAsync(
            $"{Second}?watch=true&resourceVersion={first.Revision}", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var watch = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        await PatchAsync($"{Widgets.Path}/a", "merge", """{"spec":{"size":"large"}}""", cancellationToken);
        var change = await watch.ReadLineAsync(cancellationToken);

        Assert.That(created.Field("spec", "dimension"), Is.EqualTo("large"), created.Text);
        Assert.That(first.Json["spec"]!.ToJsonString(), Is.EqualTo("""{"size":"large"}"""));
        Assert.That(
            list.Json["items"]!.AsArray().Select(one => (string)one!["spec"]!["dimension"]!), Is.EqualTo(["small", "small", "large"]));
        Assert.That(again.Text, Is.EqualTo(list.Text));
        Assert.That(webhook.Questions.First(), Is.EqualTo(2), "those that were not shown yet, in one question");
        Assert.That(change, Does.Contain("\"apiVersion\":\"example.com/v2\"").And.Contain("\"dimension\":\"large\""));
    }

    [Test, CancelAfter(30_000)]
    public async Task What_a_webhook_does_wrong_is_told_and_changes_nothing(CancellationToken cancellationToken)
    {
        await using var webhook = await ConversionWebhook.StartAsync("converter.default.svc", cancellationToken);
        await DefineAsync(await WithWebhookAsync(webhook, byService: false, cancellationToken), cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("a"), cancellationToken);

        webhook.Refusal = "no such size";
        var refused = await GetAsync($"{Second}/a", cancellationToken);
        webhook.Refusal = null;
        webhook.Distortion = static item => item["metadata"]!["name"] = "other";
        var renamed = await GetAsync($"{Second}/a", cancellationToken);
        webhook.Distortion = static item => item["metadata"]!["labels"] = new System.Text.Json.Nodes.JsonObject { ["from"] = "webhook" };
        var labelled = await GetAsync($"{Second}/a", cancellationToken);

        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(
            refused.Field("message"), Is.EqualTo("conversion webhook for example.com, Kind=Widget failed: no such size"));
        Assert.That(renamed.Field("message"), Does.EndWith("must not change metadata of a other than labels and annotations"));
        Assert.That(labelled.Field("metadata", "labels", "from"), Is.EqualTo("webhook"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_webhook_of_a_stranger_is_not_believed(CancellationToken cancellationToken)
    {
        await using var webhook = await ConversionWebhook.StartAsync("converter.default.svc", cancellationToken);
        await using var other = await ConversionWebhook.StartAsync("converter.default.svc", cancellationToken);
        var definition = (await WithWebhookAsync(webhook, byService: false, cancellationToken))
            .Replace(webhook.CaBundle, other.CaBundle, StringComparison.Ordinal);
        await DefineAsync(definition, cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("a"), cancellationToken);

        var refused = await GetAsync($"{Second}/a", cancellationToken);

        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(webhook.Questions, Is.Empty);
    }

    private async Task<string> WithWebhookAsync(ConversionWebhook webhook, bool byService, CancellationToken cancellationToken)
    {
        var client = $"\"url\":\"https://127.0.0.1:{webhook.Port}/convert\"";
        if (byService)
        {
            var service = await PostAsync("/api/v1/namespaces/default/services",
                """{"metadata":{"name":"converter"},"spec":{"ports":[{"name":"https","port":443}]}}""", cancellationToken);
            // Slices may not hold loopback addresses, which is where the webhook of a test is: put past the rules.
            const string start = "{\"metadata\":{\"resourceVersion\":\"";
            var slice = start + $$"""
                ","name":"converter-1","namespace":"default","labels":{"kubernetes.io/service-name":"converter"} },"addressType":"IPv4",
                 "ports":[{"name":"https","port":{{webhook.Port}} }],
                 "endpoints":[{"addresses":["127.0.0.1"],"conditions":{"ready":true} }]}
                """;
            await Cluster.Store.CreateAsync(
                new ResourceKey("endpointslices.discovery.k8s.io", "default", "converter-1"),
                new ObjectDraft(System.Text.Encoding.UTF8.GetBytes(slice), start.Length),
                cancellationToken);
            Assert.That(service.Code, Is.EqualTo(HttpStatusCode.Created));
            client = "\"service\":{\"namespace\":\"default\",\"name\":\"converter\",\"path\":\"/convert\"}";
        }

        return Definition(
            $$"""
            ,"conversion":{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],
              "clientConfig":{{{client}},"caBundle":"{{webhook.CaBundle}}"} } }
            """,
            Version("v1", "size", storage: true),
            Version("v2", "dimension"));
    }

    private static string Definition(params string[] versions)
        => versions[0].StartsWith(',')
            ? Widgets.DefinitionOf(string.Join(",", versions[1..]), versions[0])
            : Widgets.DefinitionOf(string.Join(",", versions));

    private static string Version(
        string name, string field, bool storage = false, bool served = true, bool deprecated = false, string more = "\"ignored\"") => $$"""
        {"name":"{{name}}","served":{{(served ? "true" : "false")}},"storage":{{(storage ? "true" : "false")}},
         "deprecated":{{(deprecated ? "true" : "false")}},
         "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{
           "{{field}}":{"type":"string"},{{more}}:{"type":"string"} } } } } } }
        """;

    private async Task DefineAsync(string definition, CancellationToken cancellationToken)
    {
        var created = await PostAsync(Widgets.Definitions, definition, cancellationToken);
        Assert.That(created.Code, Is.EqualTo(HttpStatusCode.Created), created.Text);
        await Eventually.HoldsAsync(
            "the definition is established",
            async () => (await GetAsync("/apis/example.com", cancellationToken)).Code == HttpStatusCode.OK,
            cancellationToken);
    }
}
