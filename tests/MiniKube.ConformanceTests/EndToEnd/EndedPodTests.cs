using k8s;
using k8s.Models;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>What is left of a pod that has ended.</summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[Category("LinuxRoot")]
public sealed class EndedPodTests : OneNodeFixture
{
    private const int PodsAtOnce = 4;
    private const int Rounds = 10;

    [Test, CancelAfter(120_000)]
    public async Task What_a_program_printed_can_be_read_the_moment_its_pod_has_ended(CancellationToken cancellationToken)
    {
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(Cluster.Kubeconfig));
        for (var round = 0; round < Rounds; round++)
        {
            var logs = await Task.WhenAll(
                Enumerable.Range(0, PodsAtOnce).Select(one => LogOfAsync(client, $"brief-{round}-{one}", cancellationToken)));
            Assert.That(logs, Is.All.EqualTo("hello\n"));
        }
    }

    private static async Task<string> LogOfAsync(Kubernetes client, string name, CancellationToken cancellationToken)
    {
        var container = new V1Container
        {
            Name = "main", Image = "minikube/testbox", ImagePullPolicy = "IfNotPresent", Args = ["echo", "hello"],
        };
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1PodSpec { Containers = [container], RestartPolicy = "Never" },
        };
        var made = await client.CoreV1.CreateNamespacedPodAsync(pod, "default", cancellationToken: cancellationToken);
        var events = client.CoreV1.WatchListNamespacedPodAsync(
            "default",
            fieldSelector: $"metadata.name={name}",
            resourceVersion: made.Metadata.ResourceVersion,
            cancellationToken: cancellationToken);
        await foreach (var (_, seen) in events)
        {
            if (seen.Status.Phase == "Succeeded")
            {
                break;
            }
        }

        await using var log = await client.CoreV1.ReadNamespacedPodLogAsync(name, "default", cancellationToken: cancellationToken);
        return await new StreamReader(log).ReadToEndAsync(cancellationToken);
    }
}
