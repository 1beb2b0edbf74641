using System.Net;

namespace MiniKube.IntegrationTests;

public sealed class MutatingPolicyTests : HttpFixture
{
    private const string Group = "/apis/admissionregistration.k8s.io/v1";
    private const string Policies = $"{Group}/mutatingadmissionpolicies";
    private const string Bindings = $"{Group}/mutatingadmissionpolicybindings";
    private const string OnMaps = """
        "matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"],"operations":["CREATE"]}]}
        """;

    private const string OnPods = """
        "matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"],"operations":["CREATE"]}]}
        """;

    [Test, CancelAfter(30_000)]
    public async Task A_configuration_is_merged_as_by_server_side_apply(CancellationToken cancellationToken)
    {
        await InstallAsync("side", OnPods, cancellationToken, Apply(
            "Object{metadata: Object.metadata{labels: {'side': 'yes'}}, spec: Object.spec{containers: "
            + "[Object.spec.containers{name: 'proxy', image: 'proxy:1'}, "
            + "Object.spec.containers{name: 'a', image: object.spec.containers[0].image}],"
            + " terminationGracePeriodSeconds: 7}}"));

        var pod = await PostAsync(Pods, Pod("p", metadata: ""","labels":{"own":"1"}"""), cancellationToken);

        Assert.That(pod.Code, Is.EqualTo(HttpStatusCode.Created), pod.Text);
        Assert.That(pod.Json["metadata"]!["labels"]!.ToJsonString(), Is.EqualTo("""{"own":"1","side":"yes"}"""));
        var containers = pod.Json["spec"]!["containers"]!.AsArray();
        Assert.That(containers.Select(static one => (string)one!["name"]!), Is.EquivalentTo(["a", "proxy"]));
        Assert.That(containers.Select(static one => (string?)one!["imagePullPolicy"]), Has.All.Not.Null);
        Assert.That(pod.Field("spec", "terminationGracePeriodSeconds"), Is.EqualTo("7"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Patches_are_applied_in_order_and_see_what_came_before(CancellationToken cancellationToken)
    {
        await InstallAsync(
            "steps",
            $$"""{{OnMaps}},"variables":[{"name":"given","expression":"object.data.k"}]""",
            cancellationToken,
            Patch("[JSONPatch{op: 'add', path: '/data/first', value: variables.given + '!'}]"),
            Patch("[JSONPatch{op: 'test', path: '/data/first', value: 'v!'}, "
                + "JSONPatch{op: 'add', path: '/data/' + jsonpatch.escapeKey('second'), value: object.data.first + '!'}]"));

        var created = await PostAsync(ConfigMaps, """{"metadata":{"generateName":"g-"},"data":{"k":"v"} }""", cancellationToken);

        Assert.That(created.Code, Is.EqualTo(HttpStatusCode.Created), created.Text);
        Assert.That(created.Json["data"]!.ToJsonString(), Is.EqualTo("""{"k":"v","first":"v!","second":"v!!"}"""));
        Assert.That(created.Field("metadata", "name"), Does.StartWith("g-"));
    }

    [Test, CancelAfter(30_000)]
    public async Task An_object_without_a_name_yet_is_merged_too_and_conditions_and_parameters_count(CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, """{"metadata":{"name":"colors"},"data":{"color":"red"} }""", cancellationToken);
        await InstallAsync(
            "color",
            $$"""
            {{OnMaps}},"paramKind":{"apiVersion":"v1","kind":"ConfigMap"},
            "matchConditions":[{"name":"plain","expression":"!has(object.data.color)"}]
            """,
            ""","paramRef":{"name":"colors","namespace":"default","parameterNotFoundAction":"Deny"}""",
            Apply("Object{data: {'color': params.data.color}}"),
            cancellationToken);

        var plain = await PostAsync(ConfigMaps, """{"metadata":{"generateName":"g-"},"data":{"k":"v"} }""", cancellationToken);
        var own = await PostAsync(ConfigMaps, """{"metadata":{"name":"own"},"data":{"color":"blue"} }""", cancellationToken);

        Assert.That(plain.Code, Is.EqualTo(HttpStatusCode.Created), plain.Text);
        Assert.That(plain.Json["data"]!.ToJsonString(), Is.EqualTo("""{"k":"v","color":"red"}"""));
        Assert.That(own.Field("data", "color"), Is.EqualTo("blue"));
    }

    [TestCase("JSONPatch", "[JSONPatch{op: 'remove', path: '/data/missing'}]", "error applying patch: ")]
    [TestCase("JSONPatch", "[JSONPatch{op: 'add', path: '/data', value: 'text'}]", "error applying patch: ")]
    [TestCase("JSONPatch", "object.data.missing", "expression 'object.data.missing' resulted in error: no such key: missing")]
    [TestCase("JSONPatch", "1", "expression '1' resulted in error: must evaluate to list(JSONPatch)")]
    [TestCase("ApplyConfiguration", "[1]", "expression '[1]' resulted in error: must evaluate to Object")]
    [TestCase("ApplyConfiguration", "Object{dat: {'a': 'b'}}", "error applying patch: ")]
    [TestCase("ApplyConfiguration", "Object{data: {1: 'b'}}", "keys of maps in an object must be strings")]
    [CancelAfter(30_000)]
    public async Task What_cannot_be_applied_is_refused_with_the_reason_or_passed_over(
        string type, string expression, string problem, CancellationToken cancellationToken)
    {
        var mutation = type == "JSONPatch" ? Patch(expression) : Apply(expression);
        await InstallAsync("bad", OnMaps, cancellationToken, mutation);

        var refused = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);
        await PatchAsync($"{Policies}/bad", "merge", """{"spec":{"failurePolicy":"Ignore"} }""", cancellationToken);
        var ignored = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity), refused.Text);
        Assert.That(refused.Field("message"), Does.StartWith(
            $"configmaps \"one\" is forbidden: policy 'bad' with binding 'bad-b' denied request: {problem}"));
        Assert.That(ignored.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(ignored.Json["data"]!.ToJsonString(), Is.EqualTo("""{"k":"v"}"""));
    }

    private static string Apply(string expression)
        => $$"""{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":"{{expression}}"} }""";

    private static string Patch(string expression)
        => $$"""{"patchType":"JSONPatch","jsonPatch":{"expression":"{{expression}}"} }""";

    private Task InstallAsync(string name, string spec, CancellationToken cancellationToken, params string[] mutations)
        => InstallAsync(name, spec, "", string.Join(',', mutations), cancellationToken);

    private async Task InstallAsync(
        string name, string spec, string bound, string mutations, CancellationToken cancellationToken)
    {
        var policy = await PostAsync(
            Policies,
            $$"""{"metadata":{"name":"{{name}}"},"spec":{ {{spec}},"reinvocationPolicy":"Never","mutations":[{{mutations}}] } }""",
            cancellationToken);
        var binding = await PostAsync(
            Bindings, $$"""{"metadata":{"name":"{{name}}-b"},"spec":{"policyName":"{{name}}"{{bound}} } }""", cancellationToken);
        Assert.That((policy.Code, binding.Code), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.Created)), policy.Text + binding.Text);
    }
}
