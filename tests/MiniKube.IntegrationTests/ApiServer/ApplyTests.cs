using System.Net;
using System.Text.Json.Nodes;

namespace MiniKube.IntegrationTests;

/// <summary>https://kubernetes.io/docs/reference/using-api/server-side-apply/</summary>
public sealed class ApplyTests : HttpFixture
{
    [Test, CancelAfter(20_000)]
    public async Task Apply_makes_the_object_and_owns_what_it_names_only(CancellationToken cancellationToken)
    {
        var made = await ApplyAsync($"{Deployments}/web", "one", DeploymentPart("replicas: 2"), cancellationToken);
        var again = await ApplyAsync($"{Deployments}/web", "one", DeploymentPart("replicas: 2"), cancellationToken);

        Assert.That((made.Code, again.Code), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.OK)));
        Assert.That(again.Revision, Is.EqualTo(made.Revision), "nothing changed");
        Assert.That(made.Field("spec", "strategy", "type"), Is.EqualTo("RollingUpdate"));
        Assert.That(Owners(made), Is.EqualTo(new[] { "one Apply" }));
        Assert.That(FieldsOf(made, "one")["f:spec"]!.AsObject().Select(field => field.Key),
            Is.EquivalentTo(new[] { "f:replicas", "f:selector", "f:template" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task Another_value_for_an_owned_field_is_a_conflict_in_the_words_of_Kubernetes(CancellationToken cancellationToken)
    {
        await ApplyAsync($"{Deployments}/web", "one", DeploymentPart("replicas: 2"), cancellationToken);
        await PatchAsync($"{Deployments}/web?fieldManager=two", "merge", """{"metadata":{"labels":{"a":"b"}}}""", cancellationToken);

        var one = await ApplyAsync($"{Deployments}/web", "three", Header + "spec: {replicas: 3}", cancellationToken);
        var both = await ApplyAsync(
            $"{Deployments}/web", "three", Header.Replace("web", "web, labels: {a: c}") + "spec: {replicas: 3}", cancellationToken);

        Assert.That(one.Code, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(one.Field("message"), Is.EqualTo("Apply failed with 1 conflict: conflict with \"one\": .spec.replicas"));
        Assert.That(one.Field("reason"), Is.EqualTo("Conflict"));
        var cause = JsonNode.Parse(one.Text)!["details"]!["causes"]![0]!;
        Assert.That(cause.ToJsonString(), Is.EqualTo(
            """{"field":".spec.replicas","message":"conflict with \u0022one\u0022","reason":"FieldManagerConflict"}"""));
        Assert.That(both.Field("message"), Is.EqualTo(
            "Apply failed with 2 conflicts: conflicts with \"one\":\n- .spec.replicas\n"
            + "conflicts with \"two\" using apps/v1:\n- .metadata.labels.a"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Force_takes_the_field_and_the_same_value_shares_it(CancellationToken cancellationToken)
    {
        await ApplyAsync($"{Deployments}/web", "one", DeploymentPart("replicas: 2"), cancellationToken);

        var shared = await ApplyAsync($"{Deployments}/web", "two", Header + "spec: {replicas: 2}", cancellationToken);
        var taken = await ApplyAsync($"{Deployments}/web", "three", Header + "spec: {replicas: 3}", cancellationToken, "&force=true");

        Assert.That(HasReplicas(shared, "one") && HasReplicas(shared, "two"), Is.True);
        Assert.That(taken.Field("spec", "replicas"), Is.EqualTo("3"));
        Assert.That(HasReplicas(taken, "one"), Is.False);
        Assert.That(Owners(taken), Is.EquivalentTo(new[] { "one Apply", "three Apply" }), "two owns nothing any more");
    }

    [Test, CancelAfter(20_000)]
    public async Task A_field_goes_when_its_last_applier_drops_it(CancellationToken cancellationToken)
    {
        const string config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
        await ApplyAsync($"{ConfigMaps}/a", "one", config + "data: {x: '1', y: '2', z: '3'}", cancellationToken);
        await ApplyAsync($"{ConfigMaps}/a", "two", config + "data: {y: '2'}", cancellationToken);
        await PatchAsync($"{ConfigMaps}/a", "merge", """{"data":{"w":"0"}}""", cancellationToken);

        var first = await ApplyAsync($"{ConfigMaps}/a", "one", config + "data: {x: '1'}", cancellationToken);
        var second = await ApplyAsync($"{ConfigMaps}/a", "two", config, cancellationToken);

        Assert.That(Keys(first), Is.EqualTo(new[] { "w", "x", "y" }));
        Assert.That(Keys(second), Is.EqualTo(new[] { "w", "x" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_dropped_field_gets_its_default_back(CancellationToken cancellationToken)
    {
        await ApplyAsync($"{Deployments}/web", "one", DeploymentPart("replicas: 5"), cancellationToken);

        var dropped = await ApplyAsync($"{Deployments}/web", "one", DeploymentPart("paused: true"), cancellationToken);

        Assert.That((dropped.Field("spec", "replicas"), dropped.Field("spec", "paused")), Is.EqualTo(("1", "true")));
        Assert.That(dropped.Field("metadata", "generation"), Is.EqualTo("2"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Other_writes_have_owners_too_by_name_or_user_agent_and_per_subresource(CancellationToken cancellationToken)
    {
        Http.DefaultRequestHeaders.UserAgent.ParseAdd("tool/1.0 (linux)");
        await PostAsync(Deployments, Deployment("web"), cancellationToken);
        await PatchAsync($"{Deployments}/web?fieldManager=labels", "merge", """{"metadata":{"labels":{"a":"b"}}}""", cancellationToken);
        await PatchAsync($"{Deployments}/web/status", "merge", """{"status":{"replicas":2}}""", cancellationToken);
        var scaled = await PatchAsync($"{Deployments}/web/scale?fieldManager=scaler", "merge", Replicas(7), cancellationToken);

        var web = await GetAsync($"{Deployments}/web", cancellationToken);

        Assert.That(scaled.Code, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Owners(web), Is.EquivalentTo(new[] { "tool Update", "labels Update", "tool Update status", "scaler Update scale" }));
        Assert.That(HasReplicas(web, "scaler") && !HasReplicas(web, "tool"), Is.True);
    }

    [Test, CancelAfter(20_000)]
    public async Task Status_and_scale_are_applied_by_themselves(CancellationToken cancellationToken)
    {
        await ApplyAsync($"{Deployments}/web", "one", DeploymentPart("replicas: 2"), cancellationToken);

        var status = await ApplyAsync(
            $"{Deployments}/web/status",
            "two",
            Header + "spec: {replicas: 9}\nstatus: {replicas: 2, conditions: [{type: A, status: 'True'}]}",
            cancellationToken);
        const string scale = "apiVersion: autoscaling/v1\nkind: Scale\nmetadata: {name: web}\nspec: {replicas: 4}";
        var refused = await ApplyAsync($"{Deployments}/web/scale", "three", scale, cancellationToken);
        var scaled = await ApplyAsync($"{Deployments}/web/scale", "three", scale, cancellationToken, "&force=true");
        var web = await GetAsync($"{Deployments}/web", cancellationToken);

        Assert.That((status.Field("spec", "replicas"), status.Field("status", "replicas")), Is.EqualTo(("2", "2")));
        Assert.That(refused.Field("message"), Is.EqualTo("Apply failed with 1 conflict: conflict with \"one\": .spec.replicas"));
        Assert.That(scaled.Field("spec", "replicas"), Is.EqualTo("4"));
        Assert.That(Owners(web), Is.EquivalentTo(new[] { "one Apply", "two Apply status", "three Apply scale" }));
    }

    [TestCase("/a?fieldManager=", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")]
    [TestCase("/b?fieldManager=m", "the name of the object (a) does not match the name on the URL (b)")]
    [CancelAfter(20_000)]
    public async Task A_request_that_makes_no_sense_is_refused(string path, string message, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Patch, ConfigMaps + path, ConfigMap("a"), cancellationToken, ApplyType);

        Assert.That(answer.Field("message"), Is.EqualTo(message));
        Assert.That((int)answer.Code, Is.EqualTo(path.StartsWith("/a", StringComparison.Ordinal) ? 422 : 400));
    }

    [TestCase("[]", "error decoding YAML: an apply patch must be an object")]
    [TestCase("{]", "the body is not valid JSON")]
    [TestCase("kind: Pod\napiVersion: v1", "Incorrect object specified in apply patch. Specified patch kind: Pod, expected: ConfigMap")]
    [TestCase("kind: ConfigMap\napiVersion: v2", "Incorrect version specified in apply patch. Specified patch version: v2, expected: v1")]
    [TestCase("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a, managedFields: []}", "metadata.managedFields must be nil")]
    [TestCase("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\nspec: {x: 1}",
        "failed to create typed patch object (default/a; v1, Kind=ConfigMap): .spec: field not declared in schema")]
    [TestCase("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a, finalizers: [x.io/y, x.io/y]}",
        "failed to create typed patch object (default/a; v1, Kind=ConfigMap): "
        + ".metadata.finalizers: duplicate entries for key [=\"x.io/y\"]")]
    [CancelAfter(20_000)]
    public async Task A_configuration_that_is_none_is_refused(string body, string message, CancellationToken cancellationToken)
    {
        var answer = await ApplyAsync($"{ConfigMaps}/a", "m", body, cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Field("message"), Does.StartWith(message));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_name_of_a_writer_has_a_limit(CancellationToken cancellationToken)
    {
        var answer = await PostAsync($"{ConfigMaps}?fieldManager={new string('x', 129)}", ConfigMap("a"), cancellationToken);
        var forced = await PatchAsync($"{ConfigMaps}/a?force=true", "merge", "{}", cancellationToken);

        Assert.That(answer.Field("message"), Is.EqualTo(
            "CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than 128 bytes"));
        Assert.That(forced.Field("message"), Is.EqualTo(
            "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Owners_are_kept_unless_they_are_reset(CancellationToken cancellationToken)
    {
        var made = await PostAsync($"{ConfigMaps}?fieldManager=one", ConfigMap("a"), cancellationToken);

        var without = await PutAsync($"{ConfigMaps}/a?fieldManager=two", ConfigMap("a", ",\"managedFields\":[]", "2"), cancellationToken);
        var reset = await PatchAsync($"{ConfigMaps}/a", "merge", """{"metadata":{"managedFields":[{}]}}""", cancellationToken);
        var later = await PatchAsync($"{ConfigMaps}/a", "merge", """{"data":{"k":"3"}}""", cancellationToken);
        var applied = await ApplyAsync($"{ConfigMaps}/a", "three", ConfigMap("a", value: "3"), cancellationToken);

        Assert.That(Owners(made), Is.EqualTo(new[] { "one Update" }));
        Assert.That(Owners(without), Is.EquivalentTo(new[] { "one Update", "two Update" }));
        Assert.That(reset.Revision, Is.GreaterThan(without.Revision));
        Assert.That(Owners(reset).Concat(Owners(later)), Is.Empty);
        Assert.That(Owners(applied), Is.EqualTo(new[] { "three Apply", "before-first-apply Update" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task Owners_that_come_back_in_another_order_change_nothing(CancellationToken cancellationToken)
    {
        await PostAsync($"{Deployments}?fieldManager=one", Deployment("web"), cancellationToken);
        var web = await PatchAsync($"{Deployments}/web?fieldManager=two", "merge", Replicas(5), cancellationToken);
        var item = JsonNode.Parse(web.Text)!;
        var entries = item["metadata"]!["managedFields"]!.AsArray().Select(entry => entry!.DeepClone()).Reverse().ToArray();
        entries[0]["fieldsV1"] = new JsonObject(
            entries[0]["fieldsV1"]!.AsObject().Reverse().Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
        item["metadata"]!["managedFields"] = new JsonArray(entries);

        var same = await PutAsync($"{Deployments}/web?fieldManager=three", web.Text, cancellationToken);
        var turned = await PutAsync($"{Deployments}/web?fieldManager=three", item.ToJsonString(), cancellationToken);

        Assert.That((same.Revision, turned.Revision), Is.EqualTo((web.Revision, web.Revision)));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_client_may_rename_an_owner(CancellationToken cancellationToken)
    {
        var made = await PostAsync($"{ConfigMaps}?fieldManager=kubectl-client-side-apply", ConfigMap("a"), cancellationToken);
        var entry = JsonNode.Parse(made.Text)!["metadata"]!["managedFields"]![0]!;
        (entry["manager"], entry["operation"]) = ("kubectl", "Apply");

        var renamed = await PatchAsync(
            $"{ConfigMaps}/a",
            "json",
            $$"""[{"op":"replace","path":"/metadata/managedFields","value":[{{entry.ToJsonString()}}]}]""",
            cancellationToken);
        var applied = await ApplyAsync($"{ConfigMaps}/a", "kubectl", ConfigMap("a", value: "2"), cancellationToken);

        Assert.That(Owners(renamed), Is.EqualTo(new[] { "kubectl Apply" }));
        Assert.That(applied.Code, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Owners(applied), Is.EqualTo(new[] { "kubectl Apply" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task What_client_side_apply_set_is_taken_over_without_conflict(CancellationToken cancellationToken)
    {
        var last = $",\"annotations\":{{\"{LastApplied}\":{JsonValue.Create(ConfigMap("a")).ToJsonString()}}}";
        await PostAsync($"{ConfigMaps}?fieldManager=kubectl-client-side-apply", ConfigMap("a", last), cancellationToken);

        var stranger = await ApplyAsync($"{ConfigMaps}/a", "other", ConfigMap("a", value: "2"), cancellationToken);
        var kubectl = await ApplyAsync($"{ConfigMaps}/a", "kubectl", ConfigMap("a", value: "2"), cancellationToken);

        Assert.That(stranger.Code, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(kubectl.Field("data", "k"), Is.EqualTo("2"));
        Assert.That(kubectl.Field("metadata", "annotations", LastApplied), Does.Contain("\"k\":\"2\""));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_dry_run_says_what_would_be(CancellationToken cancellationToken)
    {
        var made = await ApplyAsync($"{ConfigMaps}/a", "one", ConfigMap("a"), cancellationToken, "&dryRun=All");
        var found = await GetAsync($"{ConfigMaps}/a", cancellationToken);
        await PostAsync(ConfigMaps, ConfigMap("b"), cancellationToken);
        var merged = await ApplyAsync($"{ConfigMaps}/b", "one", ConfigMap("b", value: "2"), cancellationToken, "&dryRun=All&force=true");
        var present = await GetAsync($"{ConfigMaps}/b", cancellationToken);

        Assert.That((made.Code, found.Code), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.NotFound)));
        Assert.That(Owners(made), Is.EqualTo(new[] { "one Apply" }));
        Assert.That((merged.Field("data", "k"), present.Field("data", "k")), Is.EqualTo(("2", "v")));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_stale_configuration_and_one_of_another_object_are_conflicts(CancellationToken cancellationToken)
    {
        var made = await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        await PatchAsync($"{ConfigMaps}/a", "merge", """{"data":{"x":"1"}}""", cancellationToken);

        var stale = await ApplyAsync(
            $"{ConfigMaps}/a", "m", ConfigMap("a", $",\"resourceVersion\":\"{made.Revision}\""), cancellationToken);
        var other = await ApplyAsync($"{ConfigMaps}/new", "m", ConfigMap("new", ",\"uid\":\"x\""), cancellationToken);

        Assert.That((stale.Code, other.Code), Is.EqualTo((HttpStatusCode.Conflict, HttpStatusCode.Conflict)));
        Assert.That(other.Field("message"), Does.EndWith(
            "uid mismatch: the provided object specified uid x, and no existing object was found"));
    }

    private const string ApplyType = "application/apply-patch+yaml";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";
    private const string Header = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n";

    private static string Replicas(int number) => $$"""{"spec":{"replicas":{{number}}} }""";

    private static string DeploymentPart(string field) => Header
        + $"spec: {{{field}, selector: {{matchLabels: {{app: x}}}}, "
        + "template: {metadata: {labels: {app: x}}, spec: {containers: [{name: a, image: i}]}}}";

    private Task<Answer> ApplyAsync(string path, string manager, string body, CancellationToken cancellationToken, string query = "")
        => SendAsync(HttpMethod.Patch, $"{path}?fieldManager={manager}{query}", body, cancellationToken, ApplyType);

    private static JsonArray Entries(Answer answer) => JsonNode.Parse(answer.Text)!["metadata"]!["managedFields"]?.AsArray() ?? [];

    private static IEnumerable<string> Owners(Answer answer)
        => Entries(answer).Select(one => $"{one!["manager"]} {one["operation"]} {one["subresource"]}".Trim());

    private static JsonNode FieldsOf(Answer answer, string manager)
        => Entries(answer).Single(one => (string?)one!["manager"] == manager && one["subresource"]?.ToString() != "status")!["fieldsV1"]!;

    private static bool HasReplicas(Answer answer, string manager) => FieldsOf(answer, manager)["f:spec"]?["f:replicas"] is not null;

    private static IEnumerable<string> Keys(Answer answer)
        => JsonNode.Parse(answer.Text)!["data"]!.AsObject().Select(entry => entry.Key).Order(StringComparer.Ordinal);
}
