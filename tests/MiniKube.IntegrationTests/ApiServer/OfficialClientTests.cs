using k8s;
using k8s.Autorest;
using k8s.Models;

namespace MiniKube.IntegrationTests;

/// <summary>The C# client of the Kubernetes project against this server.</summary>
public sealed class OfficialClientTests : HttpFixture
{
    [Test, CancelAfter(30_000)]
    public async Task Objects_go_there_and_back(CancellationToken cancellationToken)
    {
        using var client = Cluster.KubernetesClient();
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { GenerateName = "web-", Labels = new Dictionary<string, string> { ["app"] = "web" } },
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "a", Image = "x" }] },
        };

        var created = await client.CreateNamespacedPodAsync(pod, "default", cancellationToken: cancellationToken);
        var listed = await client.ListNamespacedPodAsync(
            "default", labelSelector: "app=web", cancellationToken: cancellationToken);
        var patched = await client.PatchNamespacedPodAsync(
            new V1Patch("""{"metadata":{"labels":{"tier":"front"}}}""", V1Patch.PatchType.StrategicMergePatch),
            created.Metadata.Name, "default", cancellationToken: cancellationToken);
        var deleted = await client.DeleteNamespacedPodAsync(
            created.Metadata.Name, "default", cancellationToken: cancellationToken);

        Assert.That(created.Metadata.Name, Does.StartWith("web-"));
        Assert.That(listed.Items.Single().Metadata.Uid, Is.EqualTo(created.Metadata.Uid));
        Assert.That(patched.Metadata.Labels, Contains.Key("app").And.ContainKey("tier"));
        Assert.That(deleted.Metadata.Uid, Is.EqualTo(created.Metadata.Uid));
    }

    [Test, CancelAfter(30_000)]
    public async Task Failures_are_typed(CancellationToken cancellationToken)
    {
        using var client = Cluster.KubernetesClient();

        var error = Assert.ThrowsAsync<HttpOperationException>(
            () => client.ReadNamespacedPodAsync("absent", "default", cancellationToken: cancellationToken));

        Assert.That(error!.Response.Content, Does.Contain("pods \\\"absent\\\" not found"));
        await Task.CompletedTask;
    }

    [Test, CancelAfter(30_000)]
    public async Task A_watch_tells_what_happens(CancellationToken cancellationToken)
    {
        using var client = Cluster.KubernetesClient();
        var seen = client.CoreV1.WatchListNamespacedConfigMapAsync("default", cancellationToken: cancellationToken);
        await using var events = seen.GetAsyncEnumerator(cancellationToken);

        var next = events.MoveNextAsync();
        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        await next;

        Assert.That(
            (events.Current.Item1, events.Current.Item2.Metadata.Name), Is.EqualTo((WatchEventType.Added, "a")));
    }

    [Test, CancelAfter(30_000)]
    public async Task The_version_is_that_of_the_models(CancellationToken cancellationToken)
    {
        using var client = Cluster.KubernetesClient();

        var version = await client.Version.GetCodeAsync(cancellationToken);

        Assert.That(version.GitVersion, Is.EqualTo($"{GeneratedApiVersion.SwaggerVersion}+minikube.1"));
    }
}
