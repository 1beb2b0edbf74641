using System.Net;
using System.Text.Json.Nodes;

namespace MiniKube.IntegrationTests;

/// <summary>Built-in kinds that have several versions over the same objects.</summary>
public sealed class KindVersionTests : HttpFixture
{
    private const string Old = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
    private const string New = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
    private const string CoreEvents = "/api/v1/namespaces/default/events";
    private const string GroupEvents = "/apis/events.k8s.io/v1/namespaces/default/events";

    private const string Scaler = """
        {"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"web"},
         "spec":{"maxReplicas":5,"targetCPUUtilizationPercentage":60,
          "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}
        """;

    private const string GroupEvent = """
        {"metadata":{"name":"web.1"},"type":"Normal","reason":"Started","action":"Starting","note":"said",
         "eventTime":"2026-01-01T00:00:00.000000Z",
         "regarding":{"kind":"Pod","namespace":"default","name":"web"},"reportingController":"example.com/c","reportingInstance":"c-0"}
        """;

    [Test, CancelAfter(20_000)]
    public async Task Every_verb_of_one_version_is_seen_in_the_other(CancellationToken cancellationToken)
    {
        var created = await PostAsync(Old, Scaler, cancellationToken);
        var seen = await GetAsync($"{New}/web", cancellationToken);
        await PatchAsync($"{New}/web", "merge",
            """{"spec":{"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":30}}}]}}""",
            cancellationToken);
        var patched = await GetAsync($"{Old}/web", cancellationToken);
        var raised = await PatchAsync($"{Old}/web", "strategic-merge", """{"spec":{"maxReplicas":9}}""", cancellationToken);
        var listed = await GetAsync(New, cancellationToken);
        var deleted = await DeleteAsync($"{Old}/web", cancellationToken);
        var gone = await GetAsync($"{New}/web", cancellationToken);

        Assert.That((created.Code, created.Field("apiVersion")), Is.EqualTo((HttpStatusCode.Created, "autoscaling/v1")));
        Assert.That(seen.Field("apiVersion"), Is.EqualTo("autoscaling/v2"));
        Assert.That((int)seen.Json["spec"]!["metrics"]![0]!["resource"]!["target"]!["averageUtilization"]!, Is.EqualTo(60));
        Assert.That(seen.Revision, Is.EqualTo(created.Revision));
        Assert.That((int)patched.Json["spec"]!["targetCPUUtilizationPercentage"]!, Is.EqualTo(30));
        Assert.That((int)raised.Json["spec"]!["maxReplicas"]!, Is.EqualTo(9));
        Assert.That((int)listed.Json["items"]![0]!["spec"]!["maxReplicas"]!, Is.EqualTo(9));
        Assert.That(deleted.Code, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(gone.Code, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test, CancelAfter(20_000)]
    public async Task Who_writes_owns_the_fields_of_the_version_they_wrote(CancellationToken cancellationToken)
    {
        var created = await PostAsync($"{Old}?fieldManager=autoscale", Scaler, cancellationToken);
        var applied = await SendAsync(HttpMethod.Patch, $"{Old}/web?fieldManager=other&force=true",
            Scaler.Replace("60", "70", StringComparison.Ordinal), cancellationToken, "application/apply-patch+yaml");
        var conflict = await SendAsync(HttpMethod.Patch, $"{Old}/web?fieldManager=third",
            Scaler.Replace("60", "80", StringComparison.Ordinal), cancellationToken, "application/apply-patch+yaml");

        var first = created.Json["metadata"]!["managedFields"]!.AsArray().Single()!;
        Assert.That(((string)first["manager"]!, (string)first["apiVersion"]!), Is.EqualTo(("autoscale", "autoscaling/v1")));
        Assert.That(first["fieldsV1"]!["f:spec"]!.AsObject().Select(one => one.Key), Does.Contain("f:targetCPUUtilizationPercentage"));
        Assert.That((int)applied.Json["spec"]!["targetCPUUtilizationPercentage"]!, Is.EqualTo(70));
        Assert.That(conflict.Code, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(conflict.Text, Does.Contain(".spec.targetCPUUtilizationPercentage"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_dry_run_answers_in_the_version_that_asks_and_writes_nothing(CancellationToken cancellationToken)
    {
        var tried = await PostAsync($"{Old}?dryRun=All", Scaler, cancellationToken);
        var found = await GetAsync($"{New}/web", cancellationToken);

        Assert.That((tried.Code, tried.Field("apiVersion")), Is.EqualTo((HttpStatusCode.Created, "autoscaling/v1")));
        Assert.That(found.Code, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_and_its_selector_speak_the_version_they_are_of(CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync(
            $"{GroupEvents}?watch=true&fieldSelector=regarding.name%3Dweb", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));

        await PostAsync(CoreEvents,
            """{"metadata":{"name":"other"},"involvedObject":{"namespace":"default","name":"other"},"message":"no"}""", cancellationToken);
        await PostAsync(CoreEvents,
            """
            {"metadata":{"name":"old"},"involvedObject":{"namespace":"default","name":"web"},"message":"yes",
             "source":{"component":"c"},"count":2}
            """, cancellationToken);

        var change = JsonNode.Parse(await lines.ReadLineAsync(cancellationToken) ?? "")!;
        var item = change["object"]!;
        Assert.That(((string)change["type"]!, (string)item["apiVersion"]!), Is.EqualTo(("ADDED", "events.k8s.io/v1")));
        Assert.That(((string)item["note"]!, (string)item["regarding"]!["name"]!), Is.EqualTo(("yes", "web")));
        Assert.That(((string)item["deprecatedSource"]!["component"]!, (int)item["deprecatedCount"]!), Is.EqualTo(("c", 2)));
    }

    [Test, CancelAfter(20_000)]
    public async Task Events_of_the_newer_group_are_those_of_the_core_group_with_stricter_rules(CancellationToken cancellationToken)
    {
        var created = await PostAsync(GroupEvents, GroupEvent, cancellationToken);
        var core = await GetAsync($"{CoreEvents}/web.1", cancellationToken);
        var changed = await PatchAsync($"{GroupEvents}/web.1", "merge", """{"note":"other"}""", cancellationToken);
        var series = await PatchAsync($"{GroupEvents}/web.1", "merge",
            """{"series":{"count":2,"lastObservedTime":"2026-01-01T00:00:01.000000Z"}}""", cancellationToken);
        var counted = await PostAsync(GroupEvents,
            GroupEvent.Replace("web.1", "web.2", StringComparison.Ordinal)
                .Replace("\"type\"", "\"deprecatedCount\":1,\"type\"", StringComparison.Ordinal),
            cancellationToken);

        var selected = await GetAsync($"{CoreEvents}?fieldSelector=involvedObject.name%3Dweb", cancellationToken);
        var listed = await GetAsync($"{GroupEvents}?fieldSelector=regarding.name%3Dweb", cancellationToken);

        Assert.That(created.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That((string?)selected.Json["items"]!.AsArray().Single()!["message"], Is.EqualTo("said"));
        Assert.That((string?)listed.Json["items"]!.AsArray().Single()!["note"], Is.EqualTo("said"));
        Assert.That((core.Field("message"), core.Field("involvedObject", "name"), core.Field("reportingComponent")),
            Is.EqualTo(("said", "web", "example.com/c")));
        Assert.That(core.Field("apiVersion"), Is.EqualTo("v1"));
        Assert.That(changed.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(changed.Text, Does.Contain("message: Invalid value"));
        Assert.That((int)series.Json["series"]!["count"]!, Is.EqualTo(2));
        Assert.That(counted.Text, Does.Contain("count: Invalid value: \\\"\\\": needs to be unset"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_table_of_either_version_has_the_same_rows(CancellationToken cancellationToken)
    {
        await PostAsync(Old, Scaler, cancellationToken);

        var cells = new List<string>();
        foreach (var path in new[] { Old, New })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
            using var response = await Http.SendAsync(request, cancellationToken);
            var table = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
            cells.Add(string.Join("|", table["rows"]![0]!["cells"]!.AsArray().Take(5)));
        }

        Assert.That(cells, Is.All.EqualTo("web|Deployment/web|cpu: <unknown>/60%|1|5"));
    }
}
