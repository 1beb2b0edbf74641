using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>Roles, bindings and questions about them with the real kubectl. A control plane without a node.</summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class AccessTests : ControlPlaneFixture
{
    [Test, CancelAfter(60_000)]
    public async Task Kubectl_grants_asks_and_takes_back(CancellationToken cancellationToken)
    {
        Assert.That(await CanIAsync(cancellationToken, "*", "*"), Is.EqualTo("yes"));
        Assert.That(await CanIAsync(cancellationToken, "list", "pods", "--as", "jane"), Is.EqualTo("no"));

        await KubectlAsync(cancellationToken, "create", "rolebinding", "jane-views", "--clusterrole=view", "--user=jane");

        Assert.That(await CanIAsync(cancellationToken, "list", "pods", "--as", "jane"), Is.EqualTo("yes"));
        Assert.That(await CanIAsync(cancellationToken, "delete", "pods", "--as", "jane"), Is.EqualTo("no"));
        Assert.That(await CanIAsync(cancellationToken, "list", "secrets", "--as", "jane"), Is.EqualTo("no"));
        var list = await KubectlAsync(cancellationToken, "auth", "can-i", "--list", "--as", "jane");
        Assert.That(list, Does.Match(@"pods\s+\[\]\s+\[\]\s+\[get list watch\]"));
        var who = await KubectlAsync(
            cancellationToken, "auth", "whoami", "--as", "jane", "--as-group", "dev", "-o", "jsonpath={.status.userInfo.groups}");
        Assert.That(who, Is.EqualTo("""["dev","system:authenticated"]"""));

        await KubectlAsync(cancellationToken, "delete", "rolebinding", "jane-views");

        var refused = await Cluster.KubectlAsync(["get", "pods", "--as", "jane"], cancellationToken);
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
            var made = await Cluster.KubectlAsync(["create", .. words.Split(' ')], cancellationToken);
            Assert.That(made.ExitCode, Is.Zero, $"kubectl create {words}: {made.Error}");
        }

        var quota = await KubectlAsync(cancellationToken, "get", "quota", "four", "-o", "jsonpath={.spec.hard.pods}");
        Assert.That(quota, Is.EqualTo("3"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Kubectl_applies_a_List_as_it_prints_one(CancellationToken cancellationToken)
    {
        await KubectlAsync(cancellationToken, "create", "configmap", "listed", "--from-literal=a=b");
        var list = await KubectlAsync(cancellationToken, "get", "configmap", "listed", "kube-root-ca.crt", "-o", "yaml");
        await KubectlAsync(cancellationToken, "delete", "configmap", "listed");

        var applied = await KubectlAsync(
            cancellationToken, "apply", "-f", Cluster.Write("list.yaml", list.Replace("a: b", "a: c", StringComparison.Ordinal)));

        Assert.That(list, Does.Contain("kind: List"));
        Assert.That(applied, Does.Contain("configmap/listed created"));
        var value = await KubectlAsync(cancellationToken, "get", "configmap", "listed", "-o", "jsonpath={.data.a}");
        Assert.That(value, Is.EqualTo("c"));
    }

    // It ends with 1 when the answer is no.
    private async Task<string> CanIAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        Requirement.Kubectl();
        var run = await Cluster.KubectlAsync(["auth", "can-i", .. arguments], cancellationToken);
        Assert.That((run.Output.Trim(), run.ExitCode), Is.EqualTo(("yes", 0)).Or.EqualTo(("no", 1)), run.Error);
        return run.Output.Trim();
    }
}
