using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>A custom kind with the real kubectl. A control plane without a node.</summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class CustomResourceTests
{
    private readonly MiniKubeInstance _cluster = MiniKubeInstance.Create();
    private ForegroundProgram? _server;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Requirement.Kubectl();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        _server = await _cluster.StartControlPlaneAsync(patience.Token);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _cluster.DisposeAsync();
    }

    [Test, CancelAfter(120_000)]
    public async Task Kubectl_defines_a_kind_uses_it_and_takes_it_away(CancellationToken cancellationToken)
    {
        await RunAsync(cancellationToken, "apply", "-f", _cluster.Write("definition.json", Widgets.Definition));
        await RunAsync(
            cancellationToken, "wait", "--for=condition=Established", $"crd/{Widgets.DefinitionName}", "--timeout=20s");
        await RunAsync(cancellationToken, "apply", "-f", _cluster.Write("widget.json", Widgets.Widget("a")));

        Assert.That(await RunAsync(cancellationToken, "get", "wd"), Does.Match(@"NAME\s+SIZE\s+REPLICAS\s+a\s+small\s+1"));
        Assert.That(await RunAsync(cancellationToken, "get", "all"), Does.Contain("widget.example.com/a"));
        Assert.That(await RunAsync(cancellationToken, "explain", "widget.spec.size"), Does.Contain("How large it is."));
        Assert.That(await RunAsync(cancellationToken, "describe", "widget", "a"), Does.Match(@"Size:\s+small"));
        Assert.That(await RunAsync(cancellationToken, "api-resources"), Does.Match(@"widgets\s+wd\s+example.com/v1\s+true\s+Widget"));

        await RunAsync(cancellationToken, "scale", "widget/a", "--replicas=4");
        Assert.That(
            await RunAsync(cancellationToken, "get", "widget", "a", "-o", "jsonpath={.spec.replicas}"), Is.EqualTo("4"));
        var refused = await _cluster.KubectlAsync(
            ["patch", "widget", "a", "--type=merge", "-p", """{"spec":{"size":"large"}}"""], cancellationToken);
        Assert.That(refused.Error, Does.Contain("The Widget \"a\" is invalid: spec: Invalid value: \"object\": size is immutable"));
        var misspelt = await _cluster.KubectlAsync(
            ["apply", "-f", _cluster.Write("typo.json", Widgets.Widget("b", """{"size":"small","colour":"red"}"""))], cancellationToken);
        Assert.That(misspelt.Error, Does.Contain("unknown field \"spec.colour\""));

        await RunAsync(cancellationToken, "delete", "crd", Widgets.DefinitionName, "--timeout=20s");
        var gone = await _cluster.KubectlAsync(["get", "widgets"], cancellationToken);
        Assert.That(
            gone.Error, Does.Contain("the server could not find the requested resource").Or.Contain("doesn't have a resource type"));
    }

    private async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var run = await _cluster.KubectlAsync(arguments, cancellationToken);
        Assert.That(run.ExitCode, Is.Zero, $"kubectl {string.Join(' ', arguments)}: {run.Error}");
        return run.Output.Trim();
    }
}
