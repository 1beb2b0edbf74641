using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>Server-side apply with the real kubectl. A control plane without a node.</summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class ServerSideApplyTests : ControlPlaneFixture
{
    [Test, CancelAfter(60_000)]
    public async Task Two_teams_share_a_deployment(CancellationToken cancellationToken)
    {
        var whole = Write("whole", Deployment("replicas: 1, "));
        var scaled = Write("scaled", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n");
        var unscaled = Write("unscaled", Deployment(""));

        Assert.That(await KubectlAsync(cancellationToken, "apply", "--server-side", "-f", whole),
            Is.EqualTo("deployment.apps/web serverside-applied"));
        var refused = await Cluster.KubectlAsync(
            ["apply", "--server-side", "--field-manager=scaler", "-f", scaled], cancellationToken);
        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Error, Does.Contain("Apply failed with 1 conflict: conflict with \"kubectl\": .spec.replicas"));

        await KubectlAsync(cancellationToken, "apply", "--server-side", "--field-manager=scaler", "--force-conflicts", "-f", scaled);
        await KubectlAsync(cancellationToken, "apply", "--server-side", "-f", unscaled);

        Assert.That(await KubectlAsync(cancellationToken, "get", "deploy", "web", "-o", "jsonpath={.spec.replicas}"), Is.EqualTo("3"));
        var owners = await KubectlAsync(
            cancellationToken, "get", "deploy", "web", "--show-managed-fields", "-o",
            "jsonpath={range .metadata.managedFields[?(@.operation==\"Apply\")]}{.manager} {.fieldsV1.f:spec.f:replicas};{end}");
        Assert.That(owners.Split(';', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            Is.EqualTo(new[] { "kubectl ", "scaler {}" }));
        Assert.That(await KubectlAsync(cancellationToken, "get", "deploy", "web", "-o", "yaml"), Does.Not.Contain("managedFields"));
    }

    [Test, CancelAfter(60_000)]
    public async Task An_object_of_client_side_apply_is_taken_over_and_shows_its_differences(CancellationToken cancellationToken)
    {
        var before = Write("before", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: '1', b: '2'}\n");
        var after = Write("after", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: '9'}\n");
        await KubectlAsync(cancellationToken, "apply", "-f", before);

        var difference = await Cluster.KubectlAsync(["diff", "--server-side", "-f", after], cancellationToken);
        Assert.That(difference.ExitCode, Is.EqualTo(1), difference.Error);
        Assert.That(difference.Output, Does.Contain("-  a: \"1\"").And.Contain("+  a: \"9\""));
        await KubectlAsync(cancellationToken, "apply", "--server-side", "--dry-run=server", "-f", after);
        Assert.That(await DataAsync(cancellationToken), Is.EqualTo("""{"a":"1","b":"2"}"""));

        await KubectlAsync(cancellationToken, "apply", "--server-side", "-f", after);

        Assert.That(await DataAsync(cancellationToken), Is.EqualTo("""{"a":"9"}"""));
        Assert.That(await KubectlAsync(cancellationToken, "apply", "view-last-applied", "cm", "settings", "-o", "json"),
            Does.Contain("\"a\": \"9\""));
    }

    [Test, CancelAfter(60_000)]
    public async Task Every_way_to_write_has_its_owner(CancellationToken cancellationToken)
    {
        await KubectlAsync(cancellationToken, "create", "deployment", "many", "--image=i");
        await KubectlAsync(cancellationToken, "scale", "deployment", "many", "--replicas=2");
        await KubectlAsync(cancellationToken, "label", "deployment", "many", "a=b");
        await KubectlAsync(cancellationToken, "annotate", "deployment", "many", "c=d");
        await KubectlAsync(cancellationToken, "set", "image", "deployment/many", "i=j");
        await KubectlAsync(cancellationToken, "patch", "deployment", "many", "-p", """{"spec":{"paused":true}}""");

        var owners = await KubectlAsync(
            cancellationToken, "get", "deploy", "many", "--show-managed-fields", "-o",
            "jsonpath={range .metadata.managedFields[*]}{.manager} {.operation} {.subresource};{end}");

        Assert.That(owners.Split(';').Select(owner => owner.Trim()), Is.SupersetOf(new[]
        {
            "kubectl-create Update", "kubectl Update scale", "kubectl-label Update", "kubectl-annotate Update", "kubectl-set Update",
            "kubectl-patch Update",
        }));
    }

    private static string Deployment(string field)
        => "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
            + $"spec: {{{field}selector: {{matchLabels: {{app: x}}}}, "
            + "template: {metadata: {labels: {app: x}}, spec: {containers: [{name: a, image: i}]}}}\n";

    private string Write(string name, string manifest) => Cluster.Write($"{name}.yaml", manifest);

    private Task<string> DataAsync(CancellationToken cancellationToken)
        => KubectlAsync(cancellationToken, "get", "cm", "settings", "-o", "jsonpath={.data}");
}
