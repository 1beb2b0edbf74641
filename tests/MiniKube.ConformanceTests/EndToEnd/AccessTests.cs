using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>Roles, bindings and questions about them with the real kubectl. A control plane without a node.</summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class AccessTests
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

    [Test, CancelAfter(60_000)]
    public async Task Kubectl_grants_asks_and_takes_back(CancellationToken cancellationToken)
    {
        Assert.That(await OutputAsync(cancellationToken, "auth", "can-i", "*", "*"), Is.EqualTo("yes"));
        Assert.That(await OutputAsync(cancellationToken, "auth", "can-i", "list", "pods", "--as", "jane"), Is.EqualTo("no"));

        await OutputAsync(cancellationToken, "create", "rolebinding", "jane-views", "--clusterrole=view", "--user=jane");

        Assert.That(await OutputAsync(cancellationToken, "auth", "can-i", "list", "pods", "--as", "jane"), Is.EqualTo("yes"));
        Assert.That(await OutputAsync(cancellationToken, "auth", "can-i", "delete", "pods", "--as", "jane"), Is.EqualTo("no"));
        Assert.That(await OutputAsync(cancellationToken, "auth", "can-i", "list", "secrets", "--as", "jane"), Is.EqualTo("no"));
        var list = await OutputAsync(cancellationToken, "auth", "can-i", "--list", "--as", "jane");
        Assert.That(list, Does.Match(@"pods\s+\[\]\s+\[\]\s+\[get list watch\]"));
        var who = await OutputAsync(
            cancellationToken, "auth", "whoami", "--as", "jane", "--as-group", "dev", "-o", "jsonpath={.status.userInfo.groups}");
        Assert.That(who, Is.EqualTo("""["dev","system:authenticated"]"""));

        await OutputAsync(cancellationToken, "delete", "rolebinding", "jane-views");

        var refused = await _cluster.KubectlAsync(["get", "pods", "--as", "jane"], cancellationToken);
        Assert.That(refused.Error, Does.Contain(
            "Error from server (Forbidden): pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the "
            + "namespace \"default\""));
    }

    [Test, CancelAfter(60_000)]
    public async Task Kubectl_creates_every_kind_it_has_a_word_for(CancellationToken cancellationToken)
    {
        foreach (var words in new[]
        {
            "job one --image=i -- run", "cronjob two --image=i --schedule=@daily", "ingress three --rule=a.io/=web:80",
            "quota four --hard=pods=3", "priorityclass five --value=5", "poddisruptionbudget six --min-available=1 --selector=a=b",
            "role seven --verb=get --resource=pods", "clusterrole eight --verb=get --resource=nodes",
            "rolebinding nine --role=seven --user=bob", "clusterrolebinding ten --clusterrole=eight --user=bob",
            "serviceaccount eleven", "configmap twelve --from-literal=a=b", "secret generic thirteen --from-literal=a=b",
            "service clusterip fourteen --tcp=80", "deployment fifteen --image=i", "namespace sixteen",
        })
        {
            var made = await _cluster.KubectlAsync(["create", .. words.Split(' ')], cancellationToken);
            Assert.That(made.ExitCode, Is.Zero, $"kubectl create {words}: {made.Error}");
        }

        var quota = await OutputAsync(cancellationToken, "get", "quota", "four", "-o", "jsonpath={.spec.hard.pods}");
        Assert.That(quota, Is.EqualTo("3"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Kubectl_applies_a_List_as_it_prints_one(CancellationToken cancellationToken)
    {
        await OutputAsync(cancellationToken, "create", "configmap", "listed", "--from-literal=a=b");
        var list = await OutputAsync(cancellationToken, "get", "configmap", "listed", "kube-root-ca.crt", "-o", "yaml");
        await OutputAsync(cancellationToken, "delete", "configmap", "listed");

        var applied = await OutputAsync(
            cancellationToken, "apply", "-f", _cluster.Write("list.yaml", list.Replace("a: b", "a: c", StringComparison.Ordinal)));

        Assert.That(list, Does.Contain("kind: List"));
        Assert.That(applied, Does.Contain("configmap/listed created"));
        var value = await OutputAsync(cancellationToken, "get", "configmap", "listed", "-o", "jsonpath={.data.a}");
        Assert.That(value, Is.EqualTo("c"));
    }

    private async Task<string> OutputAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var run = await _cluster.KubectlAsync(arguments, cancellationToken);
        var isNo = run.Output.Trim() == "no";
        Assert.That(run.ExitCode, Is.EqualTo(isNo ? 1 : 0), $"kubectl {string.Join(' ', arguments)}: {run.Error}");
        return run.Output.Trim();
    }
}
