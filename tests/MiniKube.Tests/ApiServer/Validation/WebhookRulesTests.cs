using System.Text.Json.Nodes;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Validation;

public sealed class WebhookRulesTests
{
    private const string Rule = """{"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"],"operations":["CREATE"]}""";

    private const string Good = $$"""
        {"name":"a.example.com","admissionReviewVersions":["v1"],"sideEffects":"None","rules":[{{Rule}}],
         "clientConfig":{"url":"https://127.0.0.1:8443/check"} }
        """;

    [TestCase("{}", "")]
    [TestCase("""{"name":"a.b"}""",
        "webhooks[0].name: Invalid value: \"a.b\": should be a domain with at least three segments separated by dots")]
    [TestCase("""{"name":null}""", "webhooks[0].name: Required value")]
    [TestCase("""{"sideEffects":null}""", "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun")]
    [TestCase("""{"sideEffects":"Some"}""",
        "webhooks[0].sideEffects: Unsupported value: \"Some\": supported values: \"None\", \"NoneOnDryRun\"")]
    [TestCase("""{"timeoutSeconds":31}""",
        "webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds")]
    [TestCase("""{"failurePolicy":"fail"}""",
        "webhooks[0].failurePolicy: Unsupported value: \"fail\": supported values: \"Fail\", \"Ignore\"")]
    [TestCase("""{"matchPolicy":"x"}""",
        "webhooks[0].matchPolicy: Unsupported value: \"x\": supported values: \"Equivalent\", \"Exact\"")]
    [TestCase("""{"admissionReviewVersions":[]}""",
        "webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1")]
    [TestCase("""{"admissionReviewVersions":["v3"]}""",
        "webhooks[0].admissionReviewVersions: Invalid value: [\"v3\"]: must include at least one of v1, v1beta1")]
    [TestCase("""{"clientConfig":{"service":{"name":"s","namespace":"d"}}}""",
        "webhooks[0].clientConfig: Required value: exactly one of url or service is required")]
    [TestCase("""{"clientConfig":{"url":"http://a"}}""",
        "webhooks[0].clientConfig.url: Invalid value: \"http\": "
        + "'https' is the only allowed URL scheme; desired format: https://host[/path]")]
    [TestCase("""{"clientConfig":{"url":"https://a/b?c=d"}}""",
        "webhooks[0].clientConfig.url: Invalid value: \"c=d\": query parameters are not permitted in the URL")]
    [TestCase("""{"clientConfig":{"url":null,"service":{"name":"s","namespace":"d","port":0,"path":"a"}}}""",
        "webhooks[0].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive"
        + "|webhooks[0].clientConfig.service.path: Invalid value: \"a\": must start with a '/'")]
    [TestCase("""{"matchConditions":[{"name":"a","expression":"object.spec +"}]}""",
        "webhooks[0].matchConditions[0].expression: Invalid value: \"object.spec +\": compilation failed: ERROR: <input>:1:14: ")]
    [TestCase("""{"matchConditions":[{"name":"a","expression":"request.nam == 'x'"}]}""",
        "webhooks[0].matchConditions[0].expression: Invalid value: \"request.nam == 'x'\": "
        + "compilation failed: ERROR: <input>:1:8: undefined field 'nam'")]
    [TestCase("""{"matchConditions":[{"name":"a","expression":"request.name"}]}""",
        "webhooks[0].matchConditions[0].expression: Invalid value: \"request.name\": must evaluate to bool")]
    [TestCase("""{"matchConditions":[{"name":"a","expression":"true"},{"name":"a","expression":"params.x"}]}""",
        "webhooks[0].matchConditions[1].expression: Invalid value: \"params.x\": "
        + "compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')"
        + "|webhooks[0].matchConditions[1].name: Duplicate value: \"a\"")]
    public void Webhooks_are_whole(string change, string problems) => AssertProblems(Problems(change), problems);

    [TestCase("\"operations\":[]", "operations: Required value")]
    [TestCase("\"operations\":[\"*\",\"CREATE\"]",
        "operations: Invalid value: [\"*\",\"CREATE\"]: if '*' is present, must not specify other operations")]
    [TestCase("\"operations\":[\"PATCH\"]", "operations[0]: Unsupported value: \"PATCH\": "
        + "supported values: \"*\", \"CONNECT\", \"CREATE\", \"DELETE\", \"UPDATE\"")]
    [TestCase("\"resources\":[\"pods/*\",\"pods/log\"]",
        "resources[1]: Invalid value: \"pods/log\": if 'pods/*' is present, must not specify pods/log")]
    [TestCase("\"resources\":[\"*/scale\",\"pods/scale\"]",
        "resources[1]: Invalid value: \"pods/scale\": if '*/scale' is present, must not specify pods/scale")]
    [TestCase("\"resources\":[\"*/*\",\"pods\"]",
        "resources: Invalid value: [\"*/*\",\"pods\"]: if '*/*' is present, must not specify other resources")]
    [TestCase("\"resources\":[\"*\",\"pods\"]",
        "resources: Invalid value: [\"*\",\"pods\"]: if '*' is present, must not specify other resources without subresources")]
    [TestCase("\"resources\":[\"*\",\"pods/status\"]", "")]
    [TestCase("\"apiVersions\":[\"\"]", "apiVersions[0]: Required value")]
    [TestCase("\"scope\":\"pod\"", "scope: Unsupported value: \"pod\": supported values: \"*\", \"Cluster\", \"Namespaced\"")]
    public void Rules_of_webhooks_are_whole(string change, string problem)
    {
        var rule = JsonNode.Parse(Rule)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse($$"""{ {{change}} }""")!.AsObject())
        {
            rule[name] = value!.DeepClone();
        }

        AssertProblems(
            Problems($$"""{"rules":[{{rule.ToJsonString()}}]}"""), problem.Length == 0 ? "" : $"webhooks[0].rules[0].{problem}");
    }

    [Test]
    public void What_a_webhook_leaves_out_is_filled_in()
    {
        var kind = new MutatingWebhookConfigurationResource();
        var item = kind.Decode(System.Text.Encoding.UTF8.GetBytes($$"""{"webhooks":[{{Good}}]}"""));

        kind.ApplyDefaults(item);

        var hook = JsonNode.Parse(kind.Encode(item))!["webhooks"]![0]!;
        Assert.That((string?)hook["failurePolicy"], Is.EqualTo("Fail"));
        Assert.That((string?)hook["matchPolicy"], Is.EqualTo("Equivalent"));
        Assert.That((string?)hook["reinvocationPolicy"], Is.EqualTo("Never"));
        Assert.That((int?)hook["timeoutSeconds"], Is.EqualTo(10));
        Assert.That((string?)hook["rules"]![0]!["scope"], Is.EqualTo("*"));
        Assert.That(hook["namespaceSelector"]!.ToJsonString(), Is.EqualTo("{}"));
        Assert.That(hook["objectSelector"]!.ToJsonString(), Is.EqualTo("{}"));
    }

    private static string[] Problems(string change)
    {
        var hook = MergePatch.Apply(JsonNode.Parse(Good), JsonNode.Parse(change))!.ToJsonString();
        return [.. Validated.Create(
            new ValidatingWebhookConfigurationResource(), """{"metadata":{"name":"a"}}""", $$"""{"webhooks":[{{hook}}]}""")];
    }

    private static void AssertProblems(string[] found, string expected)
    {
        var wanted = expected.Split('|', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(found, Has.Length.EqualTo(wanted.Length), string.Join('\n', found));
        for (var index = 0; index < wanted.Length; index++)
        {
            Assert.That(found[index], Does.StartWith(wanted[index]));
        }
    }
}
