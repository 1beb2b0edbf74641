using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>A custom kind with the real kubectl. A control plane without a node.</summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class CustomResourceTests : ControlPlaneFixture
{
    [Test, CancelAfter(120_000)]
    public async Task Kubectl_defines_a_kind_uses_it_and_takes_it_away(CancellationToken cancellationToken)
    {
        await KubectlAsync(cancellationToken, "apply", "-f", Cluster.Write("definition.json", Widgets.Definition));
        await KubectlAsync(
            cancellationToken, "wait", "--for=condition=Established", $"crd/{Widgets.DefinitionName}", "--timeout=20s");
        await KubectlAsync(cancellationToken, "apply", "-f", Cluster.Write("widget.json", Widgets.Widget("a")));

        Assert.That(await KubectlAsync(cancellationToken, "get", "wd"), Does.Match(@"NAME\s+SIZE\s+REPLICAS\s+a\s+small\s+1"));
        Assert.That(await KubectlAsync(cancellationToken, "get", "all"), Does.Contain("widget.example.com/a"));
        Assert.That(await KubectlAsync(cancellationToken, "explain", "widget.spec.size"), Does.Contain("How large it is."));
        Assert.That(await KubectlAsync(cancellationToken, "describe", "widget", "a"), Does.Match(@"Size:\s+small"));
        Assert.That(await KubectlAsync(cancellationToken, "api-resources"), Does.Match(@"widgets\s+wd\s+example.com/v1\s+true\s+Widget"));

        await KubectlAsync(cancellationToken, "scale", "widget/a", "--replicas=4");
        Assert.That(
            await KubectlAsync(cancellationToken, "get", "widget", "a", "-o", "jsonpath={.spec.replicas}"), Is.EqualTo("4"));
        var refused = await Cluster.KubectlAsync(
            ["patch", "widget", "a", "--type=merge", "-p", """{"spec":{"size":"large"}}"""], cancellationToken);
        Assert.That(refused.Error, Does.Contain("The Widget \"a\" is invalid: spec: Invalid value: \"object\": size is immutable"));
        var misspelt = await Cluster.KubectlAsync(
            ["apply", "-f", Cluster.Write("typo.json", Widgets.Widget("b", """{"size":"small","colour":"red"}"""))], cancellationToken);
        Assert.That(misspelt.Error, Does.Contain("unknown field \"spec.colour\""));

        await KubectlAsync(cancellationToken, "delete", "crd", Widgets.DefinitionName, "--timeout=20s");
        var gone = await Cluster.KubectlAsync(["get", "widgets"], cancellationToken);
        Assert.That(
            gone.Error, Does.Contain("the server could not find the requested resource").Or.Contain("doesn't have a resource type"));
    }
}
