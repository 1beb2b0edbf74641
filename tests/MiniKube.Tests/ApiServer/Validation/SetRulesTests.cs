using System.Text;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Validation;

/// <summary>StatefulSets, DaemonSets and PodDisruptionBudgets.</summary>
public sealed class SetRulesTests
{
    private const string Pods = """
        "selector":{"matchLabels":{"app":"a"}},
        "template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"i"}]}}
        """;

    [TestCase("", "")]
    [TestCase("\"podManagementPolicy\":\"Wild\"",
        "spec.podManagementPolicy: Invalid value: \"Wild\": must be 'OrderedReady' or 'Parallel'")]
    [TestCase("\"updateStrategy\":{\"type\":\"Never\"}",
        "spec.updateStrategy: Invalid value: \"Never\": must be 'RollingUpdate' or 'OnDelete'")]
    [TestCase(
        "\"updateStrategy\":{\"rollingUpdate\":{\"partition\":-1}}",
        "spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0")]
    [TestCase("\"ordinals\":{\"start\":-2}", "spec.ordinals.start: Invalid value: -2: must be greater than or equal to 0")]
    [TestCase(
        "\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"d\"}}]",
        "spec.volumeClaimTemplates: Forbidden: nothing provides persistent volumes on this server yet; "
        + "use an emptyDir or hostPath volume in the template")]
    public void A_stateful_set_is_checked(string more, string problem)
        => Assert.That(string.Join("; ", Problems(new StatefulSetResource(), Spec(more))), Is.EqualTo(problem));

    [TestCase("", "")]
    [TestCase("\"updateStrategy\":{\"type\":\"Never\"}",
        "spec.updateStrategy.type: Unsupported value: \"Never\": supported values: \"OnDelete\", \"RollingUpdate\"")]
    [TestCase("\"updateStrategy\":{\"rollingUpdate\":{\"maxUnavailable\":0}}",
        "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0")]
    [TestCase("\"updateStrategy\":{\"rollingUpdate\":{\"maxUnavailable\":1,\"maxSurge\":\"10%\"}}",
        "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: \"10%\": may not be set when maxUnavailable is non-zero")]
    [TestCase("\"updateStrategy\":{\"rollingUpdate\":{\"maxUnavailable\":0,\"maxSurge\":\"110%\"}}",
        "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: \"110%\": must not be greater than 100%")]
    public void A_daemon_set_is_checked(string more, string problem)
        => Assert.That(string.Join("; ", Problems(new DaemonSetResource(), Spec(more))), Is.EqualTo(problem));

    [TestCase("\"minAvailable\":2", "")]
    [TestCase("\"minAvailable\":1,\"maxUnavailable\":1",
        "spec: Invalid value: \"1\": minAvailable and maxUnavailable cannot be both set")]
    [TestCase("\"maxUnavailable\":\"120%\"", "spec.maxUnavailable: Invalid value: \"120%\": must not be greater than 100%")]
    [TestCase("\"unhealthyPodEvictionPolicy\":\"Maybe\"",
        "spec.unhealthyPodEvictionPolicy: Unsupported value: \"Maybe\": supported values: \"AlwaysAllow\", \"IfHealthyBudget\"")]
    public void A_budget_is_checked(string spec, string problem)
        => Assert.That(string.Join("; ", Problems(new PodDisruptionBudgetResource(), $"{{{spec}}}")), Is.EqualTo(problem));

    [TestCase("\"replicas\":9", true)]
    [TestCase("\"ordinals\":{\"start\":5}", true)]
    [TestCase("\"revisionHistoryLimit\":1", true)]
    [TestCase("\"serviceName\":\"other\"", false)]
    [TestCase("\"podManagementPolicy\":\"Parallel\"", false)]
    public void A_stateful_set_keeps_what_its_pods_are_known_by(string change, bool allowed)
    {
        var kind = new StatefulSetResource();
        var (old, changed) = (Decode(kind, Spec("")), Decode(kind, Spec(change)));
        var errors = new FieldErrors();

        kind.ValidateUpdate(changed, old, errors);

        Assert.That(errors.Found.Select(found => found.Path), Is.EqualTo(allowed ? [] : new[] { "spec" }));
    }

    [Test]
    public void The_data_of_a_revision_stays()
    {
        var kind = new ControllerRevisionResource();
        var errors = new FieldErrors();

        kind.ValidateUpdate(
            Json(kind, """{"metadata":{"name":"a"},"data":{"spec":2},"revision":2}"""),
            Json(kind, """{"metadata":{"name":"a"},"data":{"spec":1},"revision":1}"""),
            errors);

        Assert.That(errors.Found.Select(found => found.ToString()), Is.EqualTo(new[] { "data: Invalid value: \"a\": field is immutable" }));
    }

    private static string Spec(string more) => more.Length == 0 ? $"{{{Pods}}}" : $"{{{more},{Pods}}}";

    private static IEnumerable<string> Problems(ResourceDefinition kind, string spec)
    {
        var errors = new FieldErrors();
        kind.Validate(Decode(kind, spec), errors);
        return errors.Found.Select(found => found.ToString());
    }

    private static IKubernetesObject<V1ObjectMeta> Decode(ResourceDefinition kind, string spec)
    {
        var item = Json(kind, $$$"""{"metadata":{"name":"a","namespace":"default"},"spec":{{{spec}}}}""");
        kind.ApplyDefaults(item);
        return item;
    }

    private static IKubernetesObject<V1ObjectMeta> Json(ResourceDefinition kind, string json)
        => StrictDecoder.Decode(kind, Encoding.UTF8.GetBytes(json), FieldValidation.Strict).Item;
}
