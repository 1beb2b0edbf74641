using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Client;
using MiniKube.Controllers;
using MiniKube.Scheduler;

namespace MiniKube.Testing;

/// <summary>
/// The whole control plane in this process: the real API server and store, all controllers and the scheduler, in real
/// time. Nodes are objects only; nobody runs their pods.
/// </summary>
public sealed class ControlPlaneCluster : IAsyncDisposable
{
    private readonly TestCluster _cluster;
    private readonly List<ClusterComponent> _components;

    private ControlPlaneCluster(TestCluster cluster)
    {
        _cluster = cluster;
        Client = cluster.LocalClient();
        var options = new ControllerOptions
        {
            RootCertificates = cluster.Server.Authorities,
            CertificateSigner = cluster.Server.CertificateSigner,
        };
        _components =
        [
            .. ControllerCatalog.Create(
                user => cluster.Server.CreateClient(user),
                options,
                TimeProvider.System,
                new Random(7),
                NullLoggerFactory.Instance,
                cluster.Server.CreateClient),
            new SchedulerComponent(
                cluster.Server.CreateClient("system:kube-scheduler"),
                new SchedulerOptions(),
                TimeProvider.System,
                new Random(7),
                NullLoggerFactory.Instance),
        ];
    }

    public IApiClient Client { get; }

    /// <summary>The API server below.</summary>
    public TestCluster Server => _cluster;

    public static async Task<ControlPlaneCluster> StartAsync(CancellationToken cancellationToken)
    {
        var cluster = new ControlPlaneCluster(await TestCluster.StartAsync(cancellationToken));
        foreach (var component in cluster._components)
        {
            await component.StartAsync(cancellationToken);
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var component in _components.AsEnumerable().Reverse())
        {
            Assert.That(component.Completion.IsFaulted, Is.False, $"{component.Name} failed: {component.Completion.Exception}");
            await component.DisposeAsync();
        }

        await _cluster.DisposeAsync();
    }

    /// <summary>Nodes that are ready and stay so for the length of a test.</summary>
    public async Task AddNodesAsync(int count, CancellationToken cancellationToken)
        => await Parallel.ForEachAsync(Enumerable.Range(0, count), cancellationToken, async (number, token) =>
        {
            var node = await Client.CreateAsync(Objects.Node($"node-{number:000}", cpu: "64", memory: "256Gi"), token);
            if (node.Status?.Conditions is not { Count: > 0 })
            {
                await Client.UpdateWithRetryAsync(node, SetReady, "status", token);
            }
        });

    private static bool SetReady(V1Node node)
    {
        node.Status = Objects.Node(node.Metadata.Name, cpu: "64", memory: "256Gi").Status;
        return true;
    }
}
