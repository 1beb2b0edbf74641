using System.Net;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Custom kinds over HTTPS: from the definition to the last object.</summary>
public sealed class CustomResourceTests : HttpFixture
{
    [Test, CancelAfter(30_000)]
    public async Task A_kind_is_served_everywhere_once_its_definition_is_established(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);

        var created = await PostAsync(Widgets.Path, Widgets.Widget("a"), cancellationToken);
        var group = await GetAsync("/apis/example.com/v1", cancellationToken);
        var schema = await GetAsync("/openapi/v3/apis/example.com/v1", cancellationToken);
        var older = await GetAsync("/openapi/v2", cancellationToken);

        Assert.That(created.Code, Is.EqualTo(HttpStatusCode.Created), created.Text);
        Assert.That(created.Field("spec", "replicas"), Is.EqualTo("1"));
        Assert.That(created.Field("metadata", "generation"), Is.EqualTo("1"));
        Assert.That(group.Text, Does.Contain("\"shortNames\":[\"wd\"]").And.Contain("widgets/scale").And.Contain("widgets/status"));
        Assert.That(
            schema.Field("components", "schemas", "com.example.v1.Widget", "properties", "spec", "properties", "size", "description"),
            Is.EqualTo("How large it is."));
        Assert.That(older.Field("definitions", "com.example.v1.Widget", "type"), Is.EqualTo("object"));
    }

    [Test, CancelAfter(30_000)]
    public async Task The_usual_verbs_work(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        var created = await PostAsync(Widgets.Path, Widgets.Widget("a"), cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("b", """{"size":"large"}"""), cancellationToken);

        var same = await PutAsync($"{Widgets.Path}/a", created.Text, cancellationToken);
        var merged = await PatchAsync($"{Widgets.Path}/a", "merge", """{"spec":{"replicas":3}}""", cancellationToken);
        var pointed = await PatchAsync(
            $"{Widgets.Path}/a", "json", """[{"op":"add","path":"/spec/ports","value":[{"port":80}]}]""", cancellationToken);
        var strategic = await PatchAsync($"{Widgets.Path}/a", "strategic-merge", "{}", cancellationToken);
        var selected = await GetAsync($"{Widgets.Path}?fieldSelector=spec.size%3Dlarge", cancellationToken);
        var everywhere = await GetAsync("/apis/example.com/v1/widgets?limit=1", cancellationToken);
        var gone = await DeleteAsync($"{Widgets.Path}/b", cancellationToken);

        Assert.That(same.Revision, Is.EqualTo(created.Revision));
        Assert.That(merged.Field("metadata", "generation"), Is.EqualTo("2"));
        Assert.That(pointed.Json["spec"]!["ports"]!.ToJsonString(), Is.EqualTo("""[{"port":80}]"""));
        Assert.That(strategic.Code, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        Assert.That(selected.Json["items"]!.AsArray().Select(one => (string)one!["metadata"]!["name"]!), Is.EqualTo(["b"]));
        Assert.That(everywhere.Field("kind"), Is.EqualTo("WidgetList"));
        Assert.That(everywhere.Field("metadata", "remainingItemCount"), Is.EqualTo("1"));
        Assert.That(gone.Code, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test, CancelAfter(30_000)]
    public async Task Status_and_scale_are_writes_of_their_own(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        var withStatus = Widgets.Widget("a").Replace("\"spec\":", "\"status\":{\"phase\":\"x\"},\"spec\":", StringComparison.Ordinal);
        var created = await PostAsync(Widgets.Path, withStatus, cancellationToken);

        var status = await PatchAsync($"{Widgets.Path}/a/status", "merge",
            """{"spec":{"size":"large"},"metadata":{"labels":{"a":"b"}},"status":{"replicas":2,"selector":"app=x"}}""", cancellationToken);
        var scale = await GetAsync($"{Widgets.Path}/a/scale", cancellationToken);
        var scaled = await PatchAsync($"{Widgets.Path}/a/scale", "merge", """{"spec":{"replicas":5}}""", cancellationToken);
        var after = await GetAsync($"{Widgets.Path}/a", cancellationToken);

        Assert.That(created.Json["status"], Is.Null);
        Assert.That(status.Field("spec", "size"), Is.EqualTo("small"));
        Assert.That(status.Json["metadata"]!["labels"], Is.Null);
        Assert.That(status.Field("metadata", "generation"), Is.EqualTo("1"));
        Assert.That(scale.Field("status", "replicas"), Is.EqualTo("2"));
        Assert.That(scale.Field("status", "selector"), Is.EqualTo("app=x"));
        Assert.That(scaled.Field("spec", "replicas"), Is.EqualTo("5"));
        Assert.That(after.Field("spec", "replicas"), Is.EqualTo("5"));
        Assert.That(after.Field("status", "selector"), Is.EqualTo("app=x"));
        Assert.That(after.Field("metadata", "generation"), Is.EqualTo("2"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Objects_are_held_to_their_schema(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        const string odd = """{"size":"small","color":"red","extra":{"any":1}}""";

        var strict = await PostAsync($"{Widgets.Path}?fieldValidation=Strict", Widgets.Widget("a", odd), cancellationToken);
        var warned = await PostAsync(Widgets.Path, Widgets.Widget("a", odd), cancellationToken);
        var wrong = await PostAsync(Widgets.Path, Widgets.Widget("b", """{"size":"tiny","replicas":-1}"""), cancellationToken);
        var tooMany = await PatchAsync($"{Widgets.Path}/a", "merge", """{"spec":{"replicas":11}}""", cancellationToken);
        var changed = await PatchAsync($"{Widgets.Path}/a", "merge", """{"spec":{"size":"large"}}""", cancellationToken);

        Assert.That(strict.Field("message"), Does.EndWith("strict decoding error: unknown field \"spec.color\""));
        Assert.That(warned.Headers.GetValues("Warning").Single(), Is.EqualTo("299 - \"unknown field \\\"spec.color\\\"\""));
        Assert.That(warned.Json["spec"]!.ToJsonString(), Is.EqualTo("""{"extra":{"any":1},"replicas":1,"size":"small"}"""));
        Assert.That(wrong.Field("message"), Is.EqualTo("Widget.example.com \"b\" is invalid: [spec.size: Unsupported value: \"tiny\": "
            + "supported values: \"large\", \"small\", spec.replicas: Invalid value: -1: "
            + "spec.replicas in body should be greater than or equal to 0]"));
        Assert.That(
            tooMany.Field("message"),
            Is.EqualTo("Widget.example.com \"a\" is invalid: spec.replicas: Invalid value: \"object\": at most ten"));
        Assert.That(
            changed.Field("message"),
            Is.EqualTo("Widget.example.com \"a\" is invalid: spec: Invalid value: \"object\": size is immutable"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Server_side_apply_merges_lists_by_the_keys_of_the_schema(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        const string type = "application/apply-patch+yaml";
        Task<Answer> ApplyAsync(string manager, string spec, string more = "") => SendAsync(
            HttpMethod.Patch, $"{Widgets.Path}/a?fieldManager={manager}{more}", Widgets.Widget("a", spec), cancellationToken, type);

        var created = await ApplyAsync("one", """{"size":"small","ports":[{"port":80,"name":"http"}]}""");
        var added = await ApplyAsync("two", """{"size":"small","ports":[{"port":443}]}""");
        var conflict = await ApplyAsync("two", """{"size":"small","ports":[{"port":80,"name":"web"}]}""");
        var removed = await ApplyAsync("one", """{"size":"small"}""");
        var unknown = await ApplyAsync("one", """{"size":"small","colour":"red"}""");

        Assert.That(created.Code, Is.EqualTo(HttpStatusCode.Created), created.Text);
        Assert.That(added.Json["spec"]!["ports"]!.ToJsonString(), Is.EqualTo("""[{"name":"http","port":80},{"port":443}]"""));
        Assert.That(conflict.Code, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(conflict.Text, Does.Contain(".spec.ports[port=80].name"));
        Assert.That(removed.Json["spec"]!["ports"]!.ToJsonString(), Is.EqualTo("""[{"port":443}]"""));
        Assert.That(unknown.Field("message"), Does.Contain(".spec.colour: field not declared in schema"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_table_has_the_columns_of_the_definition(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("a"), cancellationToken);
        await PatchAsync($"{Widgets.Path}/a/status", "merge",
            """{"status":{"conditions":[{"type":"Other","status":"False"},{"type":"Ready","status":"True"}]}}""", cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, Widgets.Path);
        request.Headers.Accept.ParseAdd("application/json;as=Table;v=v1;g=meta.k8s.io");

        using var response = await Http.SendAsync(request, cancellationToken);

        var table = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
        Assert.That(
            table["columnDefinitions"]!.AsArray().Select(one => (string)one!["name"]!), Is.EqualTo(["Name", "Size", "Replicas", "Ready"]));
        Assert.That(table["rows"]![0]!["cells"]!.ToJsonString(), Is.EqualTo("""["a","small",1,"True"]"""));
    }

    [Test, CancelAfter(30_000)]
    public async Task Protobuf_is_neither_taken_nor_given(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, Widgets.Path);
        request.Headers.Accept.ParseAdd("application/vnd.kubernetes.protobuf");

        using var response = await Http.SendAsync(request, cancellationToken);
        var sent = await SendAsync(
            HttpMethod.Post, Widgets.Path, "k8s\0", cancellationToken, "application/vnd.kubernetes.protobuf");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotAcceptable));
        Assert.That(sent.Code, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    [Test, CancelAfter(30_000)]
    public async Task Deleting_the_definition_waits_for_the_last_object(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("a"), cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("b", metadata: ",\"finalizers\":[\"example.com/held\"]"), cancellationToken);

        var asked = await DeleteAsync($"{Widgets.Definitions}/{Widgets.DefinitionName}", cancellationToken);
        await Eventually.HoldsAsync(
            "one object is left, and the definition is terminating",
            async () => (await GetAsync(Widgets.Path, cancellationToken)).Json["items"]!.AsArray().Count == 1
                && (await GetAsync($"{Widgets.Definitions}/{Widgets.DefinitionName}", cancellationToken)).Text.Contains("\"Terminating\""),
            cancellationToken);
        var late = await PostAsync(Widgets.Path, Widgets.Widget("c"), cancellationToken);
        await PatchAsync($"{Widgets.Path}/b", "merge", """{"metadata":{"finalizers":null}}""", cancellationToken);

        Assert.That(asked.Field("metadata", "finalizers"), Does.Contain("customresourcecleanup.apiextensions.k8s.io"));
        Assert.That(late.Code, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        await Eventually.HoldsAsync(
            "the definition and the kind are gone",
            async () => (await GetAsync($"{Widgets.Definitions}/{Widgets.DefinitionName}", cancellationToken))
                    .Code == HttpStatusCode.NotFound
                && (await GetAsync(Widgets.Path, cancellationToken)).Code == HttpStatusCode.NotFound
                && (await GetAsync("/apis/example.com", cancellationToken)).Code == HttpStatusCode.NotFound,
            cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task What_was_wrong_before_and_did_not_change_is_let_be(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("a", """{"size":"small","replicas":5}"""), cancellationToken);
        var stricter = Widgets.Definition
            .Replace("[\"small\",\"large\"]", "[\"medium\"]", StringComparison.Ordinal)
            .Replace("self.replicas <= 10", "self.replicas <= 3", StringComparison.Ordinal);
        await PatchAsync($"{Widgets.Definitions}/{Widgets.DefinitionName}", "merge", stricter, cancellationToken);
        await Eventually.HoldsAsync(
            "the new schema holds",
            async () => (await PostAsync($"{Widgets.Path}?dryRun=All", Widgets.Widget("b"), cancellationToken))
                .Code == HttpStatusCode.UnprocessableEntity,
            cancellationToken);

        var labelled = await PatchAsync($"{Widgets.Path}/a", "merge", """{"metadata":{"labels":{"a":"b"}}}""", cancellationToken);
        var changed = await PatchAsync($"{Widgets.Path}/a", "merge", """{"spec":{"replicas":4}}""", cancellationToken);

        Assert.That(labelled.Code, Is.EqualTo(HttpStatusCode.OK), labelled.Text);
        Assert.That(changed.Field("message"), Does.Contain("at most ten").And.Not.Contain("medium"));
    }

    [TestCase("https://github.com/kubernetes/enhancements/pull/1", "True ApprovedAnnotation")]
    [TestCase("unapproved, for a test", "False UnapprovedAnnotation")]
    [CancelAfter(30_000)]
    public async Task A_kind_of_a_group_of_Kubernetes_says_where_it_was_agreed_on(
        string approval, string condition, CancellationToken cancellationToken)
    {
        var definition = Widgets.Definition.Replace("example.com", "example.k8s.io", StringComparison.Ordinal);
        var approved = definition.Replace(
            "\"metadata\":{",
            $"\"metadata\":{{\"annotations\":{{\"api-approved.kubernetes.io\":\"{approval}\"}},",
            StringComparison.Ordinal);

        var refused = await PostAsync(Widgets.Definitions, definition, cancellationToken);
        var created = await PostAsync(Widgets.Definitions, approved, cancellationToken);

        Assert.That(refused.Field("message"), Does.Contain("protected groups must have approval annotation"));
        Assert.That(created.Code, Is.EqualTo(HttpStatusCode.Created), created.Text);
        await Eventually.GetsAsync(
            "the condition",
            () => ConditionAsync("widgets.example.k8s.io", "KubernetesAPIApprovalPolicyConformant", cancellationToken),
            seen => seen == condition,
            cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task Watches_end_with_the_kind(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("a"), cancellationToken);
        using var response = await Http.GetAsync(
            $"{Widgets.Path}?watch=true", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));

        var first = await reader.ReadLineAsync(cancellationToken);
        await DeleteAsync($"{Widgets.Definitions}/{Widgets.DefinitionName}", cancellationToken);
        var rest = await reader.ReadToEndAsync(cancellationToken);

        Assert.That(first, Does.StartWith("{\"type\":\"ADDED\""));
        Assert.That(rest, Does.Not.Contain("ERROR"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Of_two_definitions_with_one_name_the_second_waits(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        var rival = Widgets.Definition
            .Replace(Widgets.DefinitionName, "widgetz.example.com", StringComparison.Ordinal)
            .Replace("\"plural\":\"widgets\"", "\"plural\":\"widgetz\"", StringComparison.Ordinal);
        await PostAsync(Widgets.Definitions, rival, cancellationToken);
        await Eventually.HoldsAsync(
            "the rival is told",
            async () => (await ConditionAsync("widgetz.example.com", "NamesAccepted", cancellationToken)).Contains("Conflict"),
            cancellationToken);
        var refused = await GetAsync("/apis/example.com/v1/widgetz", cancellationToken);

        await DeleteAsync($"{Widgets.Definitions}/{Widgets.DefinitionName}", cancellationToken);

        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.NotFound));
        await Eventually.HoldsAsync(
            "the rival is established",
            async () => (await ConditionAsync("widgetz.example.com", "Established", cancellationToken)).StartsWith("True"),
            cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_new_schema_holds_for_objects_that_are_read_again(CancellationToken cancellationToken)
    {
        await DefineAsync(Widgets.Definition, cancellationToken);
        await PostAsync(Widgets.Path, Widgets.Widget("a", """{"size":"small","extra":{"k":1}}"""), cancellationToken);
        var changed = Widgets.Definition
            .Replace(
                "\"extra\":{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true}",
                "\"color\":{\"type\":\"string\",\"default\":\"red\"}",
                StringComparison.Ordinal);

        var put = await PatchAsync($"{Widgets.Definitions}/{Widgets.DefinitionName}", "merge", changed, cancellationToken);

        Assert.That(put.Code, Is.EqualTo(HttpStatusCode.OK), put.Text);
        await Eventually.GetsAsync(
            "the object is pruned and defaulted by the new schema",
            async () => (await GetAsync($"{Widgets.Path}/a", cancellationToken)).Json["spec"]!.ToJsonString(),
            static seen => seen == """{"color":"red","replicas":1,"size":"small"}""",
            cancellationToken);
    }

    private async Task DefineAsync(string definition, CancellationToken cancellationToken)
    {
        var created = await PostAsync(Widgets.Definitions, definition, cancellationToken);
        Assert.That(created.Code, Is.EqualTo(HttpStatusCode.Created), created.Text);
        await Eventually.HoldsAsync(
            "the definition is established",
            async () => (await ConditionAsync(Widgets.DefinitionName, "Established", cancellationToken)).StartsWith("True"),
            cancellationToken);
    }

    private async Task<string> ConditionAsync(string name, string type, CancellationToken cancellationToken)
    {
        var definition = await GetAsync($"{Widgets.Definitions}/{name}", cancellationToken);
        var conditions = definition.Json["status"]?["conditions"]?.AsArray() ?? [];
        var condition = conditions.FirstOrDefault(one => (string)one!["type"]! == type);
        return $"{condition?["status"]} {condition?["reason"]}";
    }
}
