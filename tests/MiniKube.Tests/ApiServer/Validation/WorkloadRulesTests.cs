using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Validation;

public sealed class WorkloadRulesTests
{
    private const string Good = """
        {
          "metadata": { "name": "web", "namespace": "default" },
          "spec": {
            "selector": { "matchLabels": { "app": "web" } },
            "template": {
              "metadata": { "labels": { "app": "web", "tier": "front" } },
              "spec": { "containers": [{ "name": "app", "image": "nginx:1" }] }
            }
          }
        }
        """;

    [TestCase("{}", "")]
    [TestCase("""{"selector":null}""", "spec.selector: Required value")]
    [TestCase("""{"selector":{"matchLabels":null}}""", "spec.selector: Invalid value: \"{}\": empty selector is invalid for deployment")]
    [TestCase("""{"selector":{"matchLabels":{"app":"api"}}}""", "spec.template.metadata.labels: Invalid value: "
        + "\"app=web,tier=front\": `selector` does not match template `labels`")]
    [TestCase("""{"selector":{"matchExpressions":[{"key":"app","operator":"Is"}]}}""",
        "spec.selector.matchExpressions[0].operator: Invalid value: \"Is\": not a valid selector operator")]
    [TestCase("""{"replicas":-1}""", "spec.replicas: Invalid value: -1: must be greater than or equal to 0")]
    [TestCase("""{"template":{"spec":{"restartPolicy":"Never"}}}""",
        "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"")]
    [TestCase("""{"template":{"spec":{"containers":[{"name":"a"}]}}}""", "spec.template.spec.containers[0].image: Required value")]
    public void Both_kinds_of_workload_have_a_selector_and_a_template_that_fit(string spec, string problem)
    {
        var problems = problem.Length == 0 ? [] : new[] { problem };

        Assert.That(Create(new DeploymentResource(), spec), Is.EqualTo(problems));
        Assert.That(Create(new ReplicaSetResource(), spec), Is.EqualTo(problems));
    }

    [TestCase("""{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":0}}}""",
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0\": may not be 0 when `maxSurge` is 0")]
    [TestCase("""{"strategy":{"rollingUpdate":{"maxSurge":"0%","maxUnavailable":"0%"}}}""",
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0")]
    [TestCase("""{"strategy":{"rollingUpdate":{"maxUnavailable":"101%"}}}""",
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%")]
    [TestCase("""{"strategy":{"rollingUpdate":{"maxSurge":"many"}}}""", "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"many\": "
        + "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation "
        + "is '[0-9]+%')")]
    [TestCase("""{"strategy":{"type":"Recreate","rollingUpdate":{"maxSurge":1}}}""",
        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'")]
    [TestCase("""{"strategy":{"type":"BlueGreen"}}""",
        "spec.strategy.type: Unsupported value: \"BlueGreen\": supported values: \"Recreate\", \"RollingUpdate\"")]
    [TestCase("""{"minReadySeconds":600}""",
        "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds")]
    public void A_bad_rollout_is_refused(string spec, string problem)
        => Assert.That(Create(new DeploymentResource(), spec), Is.EqualTo(new[] { problem }));

    [Test]
    public void The_selector_does_not_change()
    {
        const string change = """{"spec":{"selector":{"matchLabels":{"app":"web","tier":"front"}}}}""";

        Assert.That(Validated.Update(new DeploymentResource(), Good, change),
            Is.EqualTo(new[] { "spec.selector: Invalid value: \"app=web,tier=front\": field is immutable" }));
        Assert.That(Validated.Update(new DeploymentResource(), Good, """{"spec":{"replicas":5}}"""), Is.Empty);
    }

    private static IEnumerable<string> Create(ResourceDefinition kind, string spec)
        => Validated.Create(kind, Good, $$"""{"spec":{{spec}}}""");
}
