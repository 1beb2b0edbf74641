using System.Net;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

public sealed class ValidatingPolicyTests : HttpFixture
{
    private const string Group = "/apis/admissionregistration.k8s.io/v1";
    private const string Policies = $"{Group}/validatingadmissionpolicies";
    private const string Bindings = $"{Group}/validatingadmissionpolicybindings";
    private const string OnMaps = """
        "matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"],"operations":["*"]}]}
        """;

    [Test, CancelAfter(30_000)]
    public async Task What_a_bound_policy_forbids_is_refused_in_kubernetes_words(CancellationToken cancellationToken)
    {
        const string Rule = """{"expression":"object.data.k != 'bad'","message":"k must be good"}""";
        await PolicyAsync("good", $$"""{{OnMaps}},"validations":[{{Rule}}]""", cancellationToken);
        var unbound = await PostAsync(ConfigMaps, ConfigMap("zero", value: "bad"), cancellationToken);
        await BindAsync("good", "Deny", "", cancellationToken);

        var allowed = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);
        var refused = await PostAsync(ConfigMaps, ConfigMap("two", value: "bad"), cancellationToken);
        var changed = await PatchAsync($"{ConfigMaps}/one", "merge", """{"data":{"k":"bad"} }""", cancellationToken);

        Assert.That((unbound.Code, allowed.Code), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.Created)));
        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(refused.Field("reason"), Is.EqualTo("Invalid"));
        Assert.That(refused.Field("message"), Is.EqualTo(
            "configmaps \"two\" is forbidden: ValidatingAdmissionPolicy 'good' with binding 'good-b' denied request: k must be good"));
        Assert.That(changed.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [TestCase("""{"expression":"1 > 2"}""", 422, "failed expression: 1 > 2")]
    [TestCase("""{"expression":"false","message":"m","messageExpression":"'k is ' + object.data.k"}""", 422, "k is v")]
    [TestCase("""{"expression":"false","message":"m","messageExpression":"object.data.missing"}""", 422, "m")]
    [TestCase("""{"expression":"false","message":"m","reason":"Forbidden"}""", 403, "m")]
    [TestCase("""{"expression":"object.data.missing == 'x'"}""", 422,
        "expression 'object.data.missing == 'x'' resulted in error: no such key: missing")]
    [TestCase("""{"expression":"variables.broken == 'x'"}""", 422,
        "expression 'variables.broken == 'x'' resulted in error: no such key: missing")]
    [TestCase("""{"expression":"variables.long != 3"}""", 422, "failed expression: variables.long != 3")]
    [TestCase("""{"expression":"namespaceObject.metadata.name != 'default'"}""", 422,
        "failed expression: namespaceObject.metadata.name != 'default'")]
    [TestCase("""{"expression":"oldObject != null"}""", 422, "failed expression: oldObject != null")]
    [CancelAfter(30_000)]
    public async Task A_refusal_says_what_the_policy_wants_to_say(
        string validation, int code, string message, CancellationToken cancellationToken)
    {
        const string Variables = """
            "variables":[{"name":"long","expression":"size('abc')"},{"name":"broken","expression":"object.data.missing"}]
            """;
        await PolicyAsync("p", $$"""{{OnMaps}},{{Variables}},"validations":[{{validation}}]""", cancellationToken);
        await BindAsync("p", "Deny", "", cancellationToken);

        var refused = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That((int)refused.Code, Is.EqualTo(code), refused.Text);
        Assert.That(refused.Field("message"), Does.EndWith($"denied request: {message}"));
    }

    [TestCase("Warn", "Ignore", HttpStatusCode.Created, 1)]
    [TestCase("Audit", "Fail", HttpStatusCode.Created, 0)]
    [TestCase("Deny", "Ignore", HttpStatusCode.UnprocessableEntity, 0)]
    [CancelAfter(30_000)]
    public async Task What_happens_is_for_the_binding_to_say(
        string action, string policy, HttpStatusCode code, int warnings, CancellationToken cancellationToken)
    {
        const string Rules = """{"expression":"false","message":"never"},{"expression":"object.data.missing == 'x'"}""";
        await PolicyAsync("p", $$"""{{OnMaps}},"failurePolicy":"{{policy}}","validations":[{{Rules}}]""", cancellationToken);
        await BindAsync("p", action, "", cancellationToken);

        var answer = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(code));
        Assert.That(answer.Headers.TryGetValues("Warning", out var told) ? told : [], Is.EqualTo(Enumerable.Repeat(
            "299 - \"Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p-b': never\"", warnings)));
    }

    [Test, CancelAfter(30_000)]
    public async Task Parameters_come_from_the_objects_the_binding_names(CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, """{"metadata":{"name":"limit-a","labels":{"limit":"yes"} },"data":{"max":"5"} }""", cancellationToken);
        await PostAsync(ConfigMaps, """{"metadata":{"name":"limit-b","labels":{"limit":"yes"} },"data":{"max":"3"} }""", cancellationToken);
        await PolicyAsync(
            "limit",
            $$"""
            {{OnMaps}},"paramKind":{"apiVersion":"v1","kind":"ConfigMap"},
            "matchConditions":[{"name":"not-a-limit","expression":"!object.metadata.name.startsWith('limit')"}],
            "validations":[{"expression":"size(object.data.k) <= int(params.data.max)","messageExpression":"'at most ' + params.data.max"}]
            """,
            cancellationToken);
        await BindAsync("limit", "Deny", """
            ,"paramRef":{"selector":{"matchLabels":{"limit":"yes"} },"parameterNotFoundAction":"Deny"}
            """, cancellationToken);

        var without = await PostAsync("/api/v1/namespaces/kube-public/configmaps", ConfigMap("one"), cancellationToken);
        var small = await PostAsync(ConfigMaps, ConfigMap("two", value: "abc"), cancellationToken);
        var large = await PostAsync(ConfigMaps, ConfigMap("three", value: "abcd"), cancellationToken);

        Assert.That(without.Field("message"), Does.EndWith(
            "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"));
        Assert.That(small.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(large.Field("message"), Does.EndWith("at most 3"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_parameter_that_may_be_missing_makes_the_binding_idle_and_a_kind_that_is_missing_is_told(
        CancellationToken cancellationToken)
    {
        const string Validations = """ "validations":[{"expression":"false","message":"never"}]""";
        await PolicyAsync(
            "idle", $$"""{{OnMaps}},"paramKind":{"apiVersion":"v1","kind":"ConfigMap"},{{Validations}}""", cancellationToken);
        await BindAsync("idle", "Deny", ""","paramRef":{"name":"nobody","parameterNotFoundAction":"Allow"}""", cancellationToken);
        var idle = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);
        await PolicyAsync(
            "lost", $$"""{{OnMaps}},"paramKind":{"apiVersion":"a.example.com/v1","kind":"Lost"},{{Validations}}""", cancellationToken);
        await BindAsync("lost", "Deny", ""","paramRef":{"name":"x","parameterNotFoundAction":"Allow"}""", cancellationToken);
        var lost = await PostAsync(ConfigMaps, ConfigMap("two"), cancellationToken);

        Assert.That(idle.Code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(lost.Field("message"), Does.EndWith(
            "failed to configure policy: failed to find resource referenced by paramKind: 'a.example.com/v1, Kind=Lost'"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Names_exclusions_and_the_bindings_own_selectors_narrow_it(CancellationToken cancellationToken)
    {
        await PostAsync("/api/v1/namespaces", """{"metadata":{"name":"strict","labels":{"strict":"yes"} } }""", cancellationToken);
        await PolicyAsync("narrow", """
            "matchConstraints":{
             "resourceRules":[{"apiGroups":["*"],"apiVersions":["*"],"resources":["*"],"operations":["CREATE"],"resourceNames":["a","b"]}],
             "excludeResourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"resources":["secrets"],"operations":["*"]}]},
            "validations":[{"expression":"false"}]
            """, cancellationToken);
        await BindAsync(
            "narrow", "Deny", ""","matchResources":{"namespaceSelector":{"matchLabels":{"strict":"yes"} } }""", cancellationToken);

        const string Strict = "/api/v1/namespaces/strict";
        var elsewhere = await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        var other = await PostAsync($"{Strict}/configmaps", ConfigMap("c"), cancellationToken);
        var excluded = await PostAsync($"{Strict}/secrets", """{"metadata":{"name":"a"} }""", cancellationToken);
        var refused = await PostAsync($"{Strict}/configmaps", ConfigMap("a"), cancellationToken);

        Assert.That((elsewhere.Code, other.Code, excluded.Code, refused.Code), Is.EqualTo(
            (HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.UnprocessableEntity)));
    }

    [Test, CancelAfter(30_000)]
    public async Task An_expression_that_explodes_costs_its_budget_and_no_more(CancellationToken cancellationToken)
    {
        const string Explosion = "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, "
            + "[1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, true))))))";
        await PolicyAsync("bomb", $$"""{{OnMaps}},"validations":[{"expression":"{{Explosion}}"}]""", cancellationToken);
        await BindAsync("bomb", "Deny", "", cancellationToken);

        var refused = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);

        Assert.That(refused.Code, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(refused.Field("message"), Does.EndWith("resulted in error: operation cancelled: actual cost limit exceeded"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Policies_keep_out_of_their_own_and_of_reviews(CancellationToken cancellationToken)
    {
        await PolicyAsync("never", """
            "matchConstraints":{"resourceRules":[{"apiGroups":["*"],"apiVersions":["*"],"resources":["*/*"],"operations":["*"]}]},
            "validations":[{"expression":"false"}]
            """, cancellationToken);
        await BindAsync("never", "Deny", "", cancellationToken);

        var review = await PostAsync(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"spec":{"resourceAttributes":{"verb":"get","resource":"pods"} } }""",
            cancellationToken);
        var refused = await PostAsync(ConfigMaps, ConfigMap("one"), cancellationToken);
        var removed = await DeleteAsync($"{Bindings}/never-b", cancellationToken);

        Assert.That((review.Code, refused.Code, removed.Code), Is.EqualTo(
            (HttpStatusCode.Created, HttpStatusCode.UnprocessableEntity, HttpStatusCode.OK)));
    }

    [Test, CancelAfter(60_000)]
    public async Task What_does_not_fit_the_kinds_of_the_rules_is_told_in_the_status(CancellationToken cancellationToken)
    {
        await PolicyAsync("typo", """
            "matchConstraints":{"resourceRules":[
             {"apiGroups":["apps"],"apiVersions":["v1"],"resources":["deployments"],"operations":["*"]}]},
            "validations":[
             {"expression":"object.spec.replicas > 1 && has(object.metadata.labels)"},{"expression":"object.spec.replica > 1"},
             {"expression":"true","messageExpression":"object.spec.template.spec.containers[0].imag"}]
            """, cancellationToken);
        var seen = await Eventually.GetsAsync(
            "the policy was looked at",
            () => GetAsync($"{Policies}/typo", cancellationToken),
            static answer => answer.Field("status", "observedGeneration") is not null,
            cancellationToken);
        await PatchAsync($"{Policies}/typo", "merge", """{"spec":{"validations":[{"expression":"object.spec.replicas > 1"}]} }""", default);
        var again = await Eventually.GetsAsync(
            "the change was looked at",
            () => GetAsync($"{Policies}/typo", cancellationToken),
            static answer => answer.Field("status", "observedGeneration") == "2",
            cancellationToken);

        var warnings = seen.Json["status"]!["typeChecking"]!["expressionWarnings"]!.AsArray();
        Assert.That(
            warnings.Select(static one => (string)one!["fieldRef"]!),
            Is.EqualTo(["spec.validations[1].expression", "spec.validations[2].messageExpression"]));
        Assert.That((string?)warnings[0]!["warning"], Is.EqualTo(
            "apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'replica'"));
        Assert.That(again.Json["status"]!["typeChecking"]!.AsObject(), Is.Empty);
    }

    private async Task PolicyAsync(string name, string spec, CancellationToken cancellationToken)
    {
        var answer = await PostAsync(Policies, $$"""{"metadata":{"name":"{{name}}"},"spec":{ {{spec}} } }""", cancellationToken);
        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.Created), answer.Text);
    }

    private async Task BindAsync(string policy, string action, string more, CancellationToken cancellationToken)
    {
        var spec = $$"""{"policyName":"{{policy}}","validationActions":["{{action}}"]{{more}} }""";
        var answer = await PostAsync(Bindings, $$"""{"metadata":{"name":"{{policy}}-b"},"spec":{{spec}} }""", cancellationToken);
        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.Created), answer.Text);
    }
}
