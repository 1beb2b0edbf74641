using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>Two machines with a Docker engine each and one without: one network, the same Services and names.</summary>
[NonParallelizable]
[Category("LinuxRoot")]
[Category("Kubectl")]
[Category("Docker")]
public sealed class MixedRuntimeTests
{
    [Test, CancelAfter(300_000)]
    public async Task Pods_of_docker_and_embedded_nodes_reach_each_other_services_and_names(CancellationToken cancellationToken)
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
        Requirement.DockerPrograms();
        await using var cluster = await LabCluster.StartAsync(
            static machine => machine == "c" ? "embedded" : "docker", ["b", "c"], [], ownClocks: false, cancellationToken);
        foreach (var machine in cluster.Machines.Skip(1))
        {
            await machine.BlockAsync(10250, cancellationToken);
        }

        await cluster.ApplyAsync(LabManifests.WebOnEveryNode, cancellationToken);
        var pods = await Eventually.GetsAsync(
            "a pod is Ready on each node",
            () => cluster.PodsAsync("app=web", cancellationToken),
            static pods => pods.DistinctBy(static pod => pod.Node).Count() == 3,
            TimeSpan.FromSeconds(90),
            cancellationToken);

        foreach (var from in pods)
        {
            foreach (var to in pods)
            {
                var seen = await cluster.ExecAsync(from, ["get", $"http://{to.Ip}:8080/client"], cancellationToken);
                Assert.That(seen, Does.Contain(from.Ip), $"{from} to {to}");
            }

            var page = await cluster.ExecAsync(from, ["get", "http://web.default/hostname"], cancellationToken);
            Assert.That(page, Does.StartWith("web-"), $"{from}");
        }

        foreach (var machine in cluster.Machines)
        {
            await machine.OutputAsync("curl", ["-fsS", "-m", "10", $"http://{machine.Address}:30080/hostname"], cancellationToken);
        }
    }
}
