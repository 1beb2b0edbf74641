using System.Net;
using System.Text.Json.Nodes;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

public sealed class ValidatingWebhookTests : WebhookFixture
{
    [Test, CancelAfter(30_000)]
    public async Task A_webhook_is_told_who_does_what_to_which_object(CancellationToken cancellationToken)
    {
        await InstallAsync(
            Validating, "all", cancellationToken, Webhooks.Hook("/a", AdmissionWebhookServer.Rule("*", "configmaps")));

        await PostAsync($"{ConfigMaps}?fieldManager=me", ConfigMap("one"), cancellationToken);
        await PatchAsync($"{ConfigMaps}/one", "merge", """{"data":{"k":"w"}}""", cancellationToken);
        await DeleteAsync($"{ConfigMaps}/one?gracePeriodSeconds=3", cancellationToken);

        var asked = Webhooks.AskedOn("/a");
        Assert.That(asked.Select(static one => (string?)one["operation"]), Is.EqualTo(["CREATE", "UPDATE", "DELETE"]));
        Assert.That(asked[0]["kind"]!.ToJsonString(), Is.EqualTo("""{"group":"","version":"v1","kind":"ConfigMap"}"""));
        Assert.That(asked[0]["resource"]!.ToJsonString(), Is.EqualTo("""{"group":"","version":"v1","resource":"configmaps"}"""));
        Assert.That(asked[0]["requestKind"]!.ToJsonString(), Is.EqualTo(asked[0]["kind"]!.ToJsonString()));
        Assert.That((string?)asked[0]["name"], Is.EqualTo("one"));
        Assert.That((string?)asked[0]["namespace"], Is.EqualTo("default"));
        Assert.That((string?)asked[0]["userInfo"]!["username"], Is.Not.Empty);
        Assert.That(asked[0]["userInfo"]!["groups"]!.ToJsonString(), Does.Contain("system:masters"));
        Assert.That((bool?)asked[0]["dryRun"], Is.False);
        Assert.That((string?)asked[0]["options"]!["kind"], Is.EqualTo("CreateOptions"));
        Assert.That((string?)asked[0]["options"]!["fieldManager"], Is.EqualTo("me"));
        Assert.That(asked[0]["oldObject"], Is.Null);
        Assert.That((string?)asked[1]["object"]!["data"]!["k"], Is.EqualTo("w"));
        Assert.That((string?)asked[1]["oldObject"]!["data"]!["k"], Is.EqualTo("v"));
        Assert.That((string?)asked[1]["options"]!["kind"], Is.EqualTo("UpdateOptions"));
        Assert.That(asked[2]["object"], Is.Null);
        Assert.That((string?)asked[2]["oldObject"]!["metadata"]!["name"], Is.EqualTo("one"));
        Assert.That((int?)asked[2]["options"]!["gracePeriodSeconds"], Is.EqualTo(3));
    }

    [TestCase("""{"message":"not on a Friday"}""", 400, "", "denied the request: not on a Friday")]
    [TestCase("""{"reason":"TooLate"}""", 400, "TooLate", "denied the request: TooLate")]
    [TestCase("""{"code":403,"reason":"Forbidden","message":"no"}""", 403, "Forbidden", "denied the request: no")]
    [TestCase("""{"code":418}""", 418, "", "denied the request without explanation")]
    [TestCase("""{"code":200,"message":"no"}""", 400, "", "denied the request: no")]
    [TestCase("null", 400, "", "denied the request without explanation")]
    [CancelAfter(30_000)]
    public async Task A_refusal_is_told_in_its_own_code_and_words(
        string status, int code, string reason, string message, CancellationToken cancellationToken)
    {
        Webhooks.On("/no", _ => AdmissionWebhookServer.Refused(status));
        await InstallAsync(Validating, "no", cancellationToken, Webhooks.Hook("/no", AdmissionWebhookServer.Rule("CREATE", "configmaps")));

        var refused = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That((int)refused.Code, Is.EqualTo(code));
        Assert.That(refused.Field("reason") ?? "", Is.EqualTo(reason));
        Assert.That(refused.Field("status"), Is.EqualTo("Failure"));
        Assert.That(refused.Field("message"), Is.EqualTo($"admission webhook \"no.example.com\" {message}"));
        Assert.That((await GetAsync($"{ConfigMaps}/one", cancellationToken)).Code, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test, CancelAfter(30_000)]
    public async Task Warnings_are_passed_on(CancellationToken cancellationToken)
    {
        Webhooks.On("/warn", _ => new JsonObject { ["allowed"] = true, ["warnings"] = new JsonArray("old \"thing\"", "slow") });
        await InstallAsync(
            Validating, "warn", cancellationToken, Webhooks.Hook("/warn", AdmissionWebhookServer.Rule("CREATE", "configmaps")));

        var created = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(created.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(created.Headers.GetValues("Warning"), Is.EqualTo(["299 - \"old \\\"thing\\\"\"", "299 - \"slow\""]));
    }

    [Test, CancelAfter(30_000)]
    public async Task Selectors_and_conditions_leave_out_what_is_none_of_its_business(CancellationToken cancellationToken)
    {
        await PostAsync("/api/v1/namespaces", """{"metadata":{"name":"watched","labels":{"watch":"yes"} } }""", cancellationToken);
        var rule = AdmissionWebhookServer.Rule("*", "configmaps");
        await InstallAsync(
            Validating,
            "some",
            cancellationToken,
            Webhooks.Hook("/space", rule, """ "namespaceSelector":{"matchLabels":{"watch":"yes"} }"""),
            Webhooks.Hook("/object", rule, """ "objectSelector":{"matchLabels":{"look":"yes"} }"""),
            Webhooks.Hook("/condition", rule, """
                "matchConditions":[{"name":"a","expression":"request.operation == 'CREATE'"},
                 {"name":"b","expression":"object.metadata.name.startsWith('one') && !has(object.metadata.labels)"},
                 {"name":"c","expression":"authorizer.group('').resource('pods').namespace('x').check('list').allowed()"}]
                """));

        await PostAsync("/api/v1/namespaces/watched/configmaps", ConfigMap("two"), cancellationToken);
        await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);
        await PostAsync(ConfigMaps, ConfigMap("three", ""","labels":{"look":"yes"}"""), cancellationToken);
        await PatchAsync($"{ConfigMaps}/three", "merge", """{"metadata":{"labels":null}}""", cancellationToken);
        await PatchAsync($"{ConfigMaps}/three", "merge", """{"data":{"k":"x"}}""", cancellationToken);

        Assert.That(Webhooks.AskedOn("/space").Select(static one => (string?)one["name"]), Is.EqualTo(["two"]));
        Assert.That(Webhooks.AskedOn("/object").Select(static one => (string?)one["operation"]), Is.EqualTo(["CREATE", "UPDATE"]));
        Assert.That(Webhooks.AskedOn("/condition").Select(static one => (string?)one["name"]), Is.EqualTo(["one"]));
    }

    [TestCase("Fail", HttpStatusCode.Forbidden)]
    [TestCase("Ignore", HttpStatusCode.Created)]
    [CancelAfter(30_000)]
    public async Task A_condition_that_fails_is_a_matter_of_the_failure_policy(
        string policy, HttpStatusCode code, CancellationToken cancellationToken)
    {
        var conditions = """ "matchConditions":[{"name":"a","expression":"object.spec.size > 1"}]""";
        await InstallAsync(
            Validating,
            "bad",
            cancellationToken,
            Webhooks.Hook(
                "/bad", AdmissionWebhookServer.Rule("CREATE", "configmaps"), $"{conditions},\"failurePolicy\":\"{policy}\""));

        var answer = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(code));
        Assert.That(Webhooks.Asked, Is.Empty);
        if (code == HttpStatusCode.Forbidden)
        {
            Assert.That(answer.Field("message"), Is.EqualTo(
                "configmaps \"one\" is forbidden: expression 'object.spec.size > 1' resulted in error: no such key: spec"));
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Subresources_are_seen_as_what_they_are(CancellationToken cancellationToken)
    {
        const string Pod = $"{Pods}/p";
        await PostAsync(Deployments, Deployment("d"), cancellationToken);
        await PostAsync(Pods, HttpFixture.Pod("p"), cancellationToken);
        await InstallAsync(
            Validating,
            "subresources",
            cancellationToken,
            Webhooks.Hook("/pods", AdmissionWebhookServer.Rule("*", "pods/*")),
            Webhooks.Hook("/scale", AdmissionWebhookServer.Rule("*", "*/scale", "apps")),
            Webhooks.Hook("/token", AdmissionWebhookServer.Rule("CREATE", "serviceaccounts/token")));

        await PatchAsync($"{Deployments}/d/scale", "merge", """{"spec":{"replicas":5}}""", cancellationToken);
        await PostAsync($"{Pod}/binding", """{"metadata":{"name":"p"},"target":{"kind":"Node","name":"n"}}""", cancellationToken);
        await PatchAsync($"{Pod}/status", "merge", """{"status":{"phase":"Running"}}""", cancellationToken);
        await GetAsync($"{Pod}/exec?command=ls&command=-l&stdout=true&container=a", cancellationToken);
        await GetAsync($"{Pod}/portforward?ports=80", cancellationToken);
        await PostAsync($"{Pod}/eviction", """{"metadata":{"name":"p"}}""", cancellationToken);
        await PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"s"}}""", cancellationToken);
        await PostAsync("/api/v1/namespaces/default/serviceaccounts/s/token", """{"spec":{"audiences":["x"]}}""", cancellationToken);

        var scale = Webhooks.AskedOn("/scale").Single();
        Assert.That(scale["kind"]!.ToJsonString(), Is.EqualTo("""{"group":"autoscaling","version":"v1","kind":"Scale"}"""));
        Assert.That((string?)scale["subResource"], Is.EqualTo("scale"));
        Assert.That((int?)scale["object"]!["spec"]!["replicas"], Is.EqualTo(5));
        Assert.That((int?)scale["oldObject"]!["spec"]!["replicas"], Is.EqualTo(2));
        Assert.That(
            Webhooks.AskedOn("/pods").Select(static one => $"{one["operation"]} {one["subResource"]} {one["object"]!["kind"]}"),
            Is.EqualTo([
                "CREATE binding Binding", "UPDATE status Pod", "CONNECT exec PodExecOptions", "CONNECT portforward PodPortForwardOptions",
                "CREATE eviction Eviction",
            ]));
        var exec = Webhooks.AskedOn("/pods")[2];
        Assert.That(exec["object"]!["command"]!.ToJsonString(), Is.EqualTo("""["ls","-l"]"""));
        Assert.That((bool?)exec["object"]!["stdout"], Is.True);
        Assert.That((string?)exec["name"], Is.EqualTo("p"));
        Assert.That((string?)Webhooks.AskedOn("/token").Single()["object"]!["kind"], Is.EqualTo("TokenRequest"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_command_that_is_refused_is_not_run(CancellationToken cancellationToken)
    {
        await PostAsync(Pods, Pod("p", node: "n"), cancellationToken);
        Webhooks.On("/exec", _ => AdmissionWebhookServer.Refused("""{"code":403,"message":"no shells"}"""));
        await InstallAsync(
            Validating, "exec", cancellationToken, Webhooks.Hook("/exec", AdmissionWebhookServer.Rule("CONNECT", "pods/exec")));

        var answer = await GetAsync($"{Pods}/p/exec?command=sh", cancellationToken);

        Assert.That(answer.Field("message"), Is.EqualTo("admission webhook \"exec.example.com\" denied the request: no shells"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_collection_is_deleted_object_by_object(CancellationToken cancellationToken)
    {
        foreach (var name in (string[])["a", "b", "c"])
        {
            await PostAsync(ConfigMaps, ConfigMap(name), cancellationToken);
        }

        await InstallAsync(
            Validating, "all", cancellationToken, Webhooks.Hook("/del", AdmissionWebhookServer.Rule("DELETE", "configmaps")));

        await DeleteAsync($"{ConfigMaps}?fieldSelector=metadata.name!=kube-root-ca.crt", cancellationToken);

        Assert.That(Webhooks.AskedOn("/del").Select(static one => (string?)one["name"]), Is.EquivalentTo(["a", "b", "c"]));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_webhook_for_everything_cannot_keep_anybody_from_removing_it(CancellationToken cancellationToken)
    {
        Webhooks.On("/never", _ => AdmissionWebhookServer.Refused("null"));
        var rule = """{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*/*"]}""";
        await InstallAsync(Validating, "never", cancellationToken, Webhooks.Hook("/never", rule));

        var refused = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);
        var removed = await DeleteAsync($"{Validating}/never", cancellationToken);
        var created = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That((refused.Code, removed.Code, created.Code), Is.EqualTo(
            (HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.Created)));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_dry_run_says_so_and_reviews_are_shown_too(CancellationToken cancellationToken)
    {
        await InstallAsync(
            Validating,
            "dry",
            cancellationToken,
            Webhooks.Hook("/dry", AdmissionWebhookServer.Rule("CREATE", "configmaps")),
            Webhooks.Hook("/ask", AdmissionWebhookServer.Rule("CREATE", "subjectaccessreviews", "authorization.k8s.io")));

        await PostAsync($"{ConfigMaps}?dryRun=All", ConfigMap("one"), cancellationToken);
        var review = await PostAsync(
            "/apis/authorization.k8s.io/v1/subjectaccessreviews",
            """{"spec":{"user":"eve","resourceAttributes":{"verb":"get","resource":"pods"} } }""",
            cancellationToken);

        Assert.That((bool?)Webhooks.AskedOn("/dry").Single()["dryRun"], Is.True);
        Assert.That(Webhooks.AskedOn("/dry").Single()["options"]!["dryRun"]!.ToJsonString(), Is.EqualTo("""["All"]"""));
        Assert.That((string?)Webhooks.AskedOn("/ask").Single()["object"]!["spec"]!["user"], Is.EqualTo("eve"));
        Assert.That(review.Field("status", "allowed"), Is.EqualTo("false"));
    }
}
