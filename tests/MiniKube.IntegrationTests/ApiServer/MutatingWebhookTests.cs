using System.Net;
using System.Text.Json.Nodes;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

public sealed class MutatingWebhookTests : WebhookFixture
{
    private static string OnMaps => AdmissionWebhookServer.Rule("*", "configmaps");

    [Test, CancelAfter(30_000)]
    public async Task Webhooks_change_objects_in_the_order_of_their_names(CancellationToken cancellationToken)
    {
        Webhooks.Patch("/first", _ => Add("/data/order", "\"first\""));
        Webhooks.Patch("/second", request => Add("/data/order", $"\"{request["object"]!["data"]!["order"]}, second\""));
        await InstallAsync(Mutating, "b", cancellationToken, Webhooks.Hook("/second", OnMaps));
        await InstallAsync(Mutating, "a", cancellationToken, Webhooks.Hook("/first", OnMaps));

        var created = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(created.Field("data", "order"), Is.EqualTo("first, second"));
        Assert.That((await GetAsync($"{ConfigMaps}/one", cancellationToken)).Field("data", "order"), Is.EqualTo("first, second"));
    }

    [Test, CancelAfter(30_000)]
    public async Task What_a_webhook_adds_is_defaulted_validated_and_owned_by_nobody(CancellationToken cancellationToken)
    {
        const string Container = """{"name":"side","image":"proxy:1"}""";
        Webhooks.Patch("/side", _ => Add("/spec/containers/-", Container));
        await InstallAsync(Mutating, "side", cancellationToken, Webhooks.Hook("/side", AdmissionWebhookServer.Rule("CREATE", "pods")));

        var pod = await PostAsync(Pods, Pod("p"), cancellationToken);

        var side = pod.Json["spec"]!["containers"]![1]!;
        Assert.That((string?)side["imagePullPolicy"], Is.EqualTo("IfNotPresent"));
        Assert.That((string?)side["terminationMessagePath"], Is.EqualTo("/dev/termination-log"));
        Assert.That(side["volumeMounts"]!.ToJsonString(), Does.Contain("/var/run/secrets/kubernetes.io/serviceaccount"));
        var owned = pod.Json["metadata"]!["managedFields"]![0]!["fieldsV1"]!["f:spec"]!["f:containers"]!.AsObject();
        Assert.That(owned.Select(static one => one.Key), Is.EqualTo(["k:{\"name\":\"a\"}"]));
    }

    [Test, CancelAfter(30_000)]
    public async Task What_a_webhook_breaks_is_refused_as_if_the_user_had(CancellationToken cancellationToken)
    {
        Webhooks.Patch("/broken", _ => Add("/data/a~1b", "\"c\""));
        await InstallAsync(Mutating, "broken", cancellationToken, Webhooks.Hook("/broken", OnMaps));

        var answer = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(answer.Field("message"), Does.Contain("data[a/b]: Invalid value"));
    }

    [Test, CancelAfter(30_000)]
    public async Task The_servers_own_rules_have_the_last_word(CancellationToken cancellationToken)
    {
        await PatchAsync(
            "/api/v1/namespaces/default", "merge",
            """{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"baseline"} } }""", cancellationToken);
        Webhooks.Patch("/host", _ => Add("/spec/hostNetwork", "true"));
        await InstallAsync(Mutating, "host", cancellationToken, Webhooks.Hook("/host", AdmissionWebhookServer.Rule("CREATE", "pods")));

        var answer = await PostAsync(Pods, Pod("p"), cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(answer.Field("message"), Does.Contain("violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)"));
    }

    [TestCase("IfNeeded", "1,2,1")]
    [TestCase("Never", "1,2")]
    [CancelAfter(30_000)]
    public async Task Who_wants_to_is_asked_again_when_somebody_changed_the_object_after(
        string policy, string order, CancellationToken cancellationToken)
    {
        Webhooks.Patch("/second", _ => Add("/data/second", "\"x\""));
        await InstallAsync(
            Mutating,
            "both",
            cancellationToken,
            Webhooks.Hook("/first", OnMaps, $"\"reinvocationPolicy\":\"{policy}\""),
            Webhooks.Hook("/second", OnMaps, "\"reinvocationPolicy\":\"IfNeeded\""));

        await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(string.Join(',', Webhooks.Asked.Select(static one => one.Path == "/first" ? 1 : 2)), Is.EqualTo(order));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_generated_name_is_told_to_those_who_only_look(CancellationToken cancellationToken)
    {
        Webhooks.Patch("/mutate", _ => Add("/data/n", "\"x\""));
        await InstallAsync(Mutating, "m", cancellationToken, Webhooks.Hook("/mutate", OnMaps));
        await InstallAsync(Validating, "v", cancellationToken, Webhooks.Hook("/look", OnMaps));

        var created = await PostAsync(ConfigMaps, """{"metadata":{"generateName":"gen-"},"data":{"k":"v"} }""", cancellationToken);

        var name = created.Field("metadata", "name")!;
        Assert.That(name, Does.StartWith("gen-"));
        Assert.That(created.Field("data", "n"), Is.EqualTo("x"));
        Assert.That(Webhooks.AskedOn("/mutate").Single()["object"]!["metadata"]!["name"], Is.Null);
        Assert.That(Webhooks.AskedOn("/mutate").Single()["name"], Is.Null);
        Assert.That((string?)Webhooks.AskedOn("/look").Single()["object"]!["metadata"]!["name"], Is.EqualTo(name));
    }

    [Test, CancelAfter(30_000)]
    public async Task Apply_status_and_scale_are_changed_too(CancellationToken cancellationToken)
    {
        Webhooks.Patch("/scale", _ => Add("/spec/replicas", "4"));
        Webhooks.Patch("/map", _ => Add("/metadata/labels", """{"seen":"yes"}"""));
        await InstallAsync(
            Mutating,
            "m",
            cancellationToken,
            Webhooks.Hook("/scale", AdmissionWebhookServer.Rule("UPDATE", "deployments/scale", "apps")),
            Webhooks.Hook("/map", OnMaps));
        await PostAsync(Deployments, Deployment("d"), cancellationToken);

        var scaled = await PatchAsync($"{Deployments}/d/scale", "merge", """{"spec":{"replicas":9}}""", cancellationToken);
        var applied = await ApplyAsync(ConfigMap("one"), cancellationToken);
        var again = await ApplyAsync(ConfigMap("one", value: "w"), cancellationToken);

        Assert.That(scaled.Field("spec", "replicas"), Is.EqualTo("4"));
        Assert.That(applied.Field("metadata", "labels", "seen"), Is.EqualTo("yes"));
        Assert.That(again.Field("data", "k"), Is.EqualTo("w"));
        Assert.That(Webhooks.AskedOn("/map").Select(static one => (string?)one["operation"]), Is.EqualTo(["CREATE", "UPDATE"]));
    }

    [Test, CancelAfter(30_000)]
    public async Task Identity_is_not_a_webhooks_to_change(CancellationToken cancellationToken)
    {
        Webhooks.Patch("/liar", _ => """
            [{"op":"add","path":"/metadata/uid","value":"mine"},{"op":"add","path":"/metadata/resourceVersion","value":"7"},
             {"op":"add","path":"/metadata/creationTimestamp","value":"2001-01-01T00:00:00Z"}]
            """);
        await InstallAsync(Mutating, "liar", cancellationToken, Webhooks.Hook("/liar", OnMaps));

        var created = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(created.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(created.Field("metadata", "uid"), Is.Not.EqualTo("mine"));
        Assert.That(created.Field("metadata", "creationTimestamp"), Does.Not.StartWith("2001"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_custom_resource_is_shown_in_the_version_the_rule_names(CancellationToken cancellationToken)
    {
        await using var conversion = await ConversionWebhook.StartAsync("localhost", cancellationToken);
        var client = $$"""{"url":"https://127.0.0.1:{{conversion.Port}}/convert","caBundle":"{{conversion.CaBundle}}"}""";
        var definition = $$"""
            {"metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
             "names":{"plural":"widgets","singular":"widget","kind":"Widget","listKind":"WidgetList"},
             "conversion":{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],"clientConfig":{{client}} } },
             "versions":[{{Version("v1", "size", "true")}},{{Version("v2", "dimension", "false")}}]} }
            """;
        await PostAsync(Widgets.Definitions, definition, cancellationToken);
        await Eventually.HoldsAsync(
            "widgets are served",
            async () => (await GetAsync(Widgets.Path, cancellationToken)).Code == HttpStatusCode.OK,
            cancellationToken);
        Webhooks.Patch("/v2", _ => Add("/spec/dimension", "\"huge\""));
        var rule = AdmissionWebhookServer.Rule("CREATE", "widgets", "example.com", "v2");
        await InstallAsync(
            Mutating,
            "v2",
            cancellationToken,
            Webhooks.Hook("/v2", rule),
            Webhooks.Hook("/exact", rule, "\"matchPolicy\":\"Exact\""));

        var created = await PostAsync(Widgets.Path, Widgets.Widget("a", """{"size":"small"}"""), cancellationToken);

        var asked = Webhooks.AskedOn("/v2").Single();
        Assert.That((string?)asked["object"]!["apiVersion"], Is.EqualTo("example.com/v2"));
        Assert.That((string?)asked["object"]!["spec"]!["dimension"], Is.EqualTo("small"));
        Assert.That((string?)asked["resource"]!["version"], Is.EqualTo("v2"));
        Assert.That((string?)asked["requestResource"]!["version"], Is.EqualTo("v1"));
        Assert.That((string?)asked["requestKind"]!["version"], Is.EqualTo("v1"));
        Assert.That(created.Field("spec", "size"), Is.EqualTo("huge"));
        Assert.That(Webhooks.AskedOn("/exact"), Is.Empty);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_built_in_kind_is_shown_in_the_version_the_rule_names_too(CancellationToken cancellationToken)
    {
        const string Path = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
        const string Target = """{"apiVersion":"apps/v1","kind":"Deployment","name":"d"}""";
        Webhooks.Patch("/v2", _ => Add("/spec/maxReplicas", "7"));
        await InstallAsync(
            Mutating,
            "v2",
            cancellationToken,
            Webhooks.Hook("/v2", AdmissionWebhookServer.Rule("CREATE", "horizontalpodautoscalers", "autoscaling", "v2")));

        var created = await PostAsync(
            Path,
            $$"""{"metadata":{"name":"h"},"spec":{"maxReplicas":3,"targetCPUUtilizationPercentage":60,"scaleTargetRef":{{Target}} } }""",
            cancellationToken);

        var asked = Webhooks.AskedOn("/v2").Single();
        Assert.That((string?)asked["object"]!["apiVersion"], Is.EqualTo("autoscaling/v2"));
        Assert.That((int?)asked["object"]!["spec"]!["metrics"]![0]!["resource"]!["target"]!["averageUtilization"], Is.EqualTo(60));
        Assert.That((string?)asked["requestKind"]!["version"], Is.EqualTo("v1"));
        Assert.That(created.Field("spec", "maxReplicas"), Is.EqualTo("7"), created.Text);
        Assert.That(created.Field("spec", "targetCPUUtilizationPercentage"), Is.EqualTo("60"));
    }

    private Task<Answer> ApplyAsync(string body, CancellationToken cancellationToken)
        => SendAsync(
            HttpMethod.Patch, $"{ConfigMaps}/one?fieldManager=me", body, cancellationToken, "application/apply-patch+yaml");

    private static string Version(string name, string field, string storage) => $$"""
        {"name":"{{name}}","served":true,"storage":{{storage}},"schema":{"openAPIV3Schema":{"type":"object","properties":{
         "spec":{"type":"object","properties":{"{{field}}":{"type":"string"} } } } } } }
        """;
}
