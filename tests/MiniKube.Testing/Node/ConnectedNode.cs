using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Node;
using MiniKube.Runtimes;

namespace MiniKube.Testing;

/// <summary>
/// A real API server and a real node agent with a simulated runtime, which know each other only over HTTPS, as on two machines. The
/// tunnel is opened on demand.
/// </summary>
public sealed class ConnectedNode : IAsyncDisposable
{
    public const string Name = "node-1";

    private readonly string _directory = Directory.CreateTempSubdirectory("minikube-node-").FullName;
    private readonly IApiClient _client;
    private TunnelComponent? _tunnel;

    private ConnectedNode(TestCluster cluster, IPAddress told)
    {
        Cluster = cluster;
        _client = cluster.Server.CreateClient($"system:node:{Name}", "system:nodes");
        Agent = new NodeAgent(
            new NodeOptions
            {
                NodeName = Name,
                Address = new NodeAddress(told),
                DataDirectory = _directory,
                Version = "v1.35.0+minikube.1",
                KubeletPort = 0,
                Kubelet = new KubeletIdentity(
                    () => cluster.Server.NodeServingCertificate(Name, told), () => cluster.Server.CertificateAuthorities),
            },
            _client, Runtime, new NodeDirectory(), TimeProvider.System, new Random(7), NullLoggerFactory.Instance);
    }

    public TestCluster Cluster { get; }

    public NodeAgent Agent { get; }

    public SimulatedRuntime Runtime { get; } = new(TimeProvider.System);

    /// <summary>The node as the API server reaches it.</summary>
    public INodeEndpoint Remote => Cluster.Server.EndpointOf(Name);

    /// <summary>A node that runs pods.</summary>
    /// <param name="told">The address the node tells; one that leads nowhere leaves the tunnel as the only way.</param>
    /// <param name="cancellationToken">Of the test.</param>
    public static async Task<ConnectedNode> StartAsync(IPAddress told, CancellationToken cancellationToken)
    {
        var node = new ConnectedNode(await TestCluster.StartAsync(cancellationToken), told);
        await node.Agent.StartAsync(cancellationToken);
        var registered = await node._client.FindAsync<V1Node>(ObjectKey.Cluster(Name), cancellationToken);
        await node.Cluster.LocalClient().UpdateWithRetryAsync(
            registered!, item => (item.Spec.PodCIDR = "127.0.0.0/8") != "", subresource: null, cancellationToken);
        await Eventually.HoldsAsync(
            "the node is ready", async () => await node.IsReadyAsync(cancellationToken), cancellationToken);
        return node;
    }

    /// <summary>Opens the tunnel and waits until the server has it.</summary>
    public async Task OpenTunnelAsync(CancellationToken cancellationToken)
    {
        _tunnel = NewTunnel(Cluster.Url);
        await _tunnel.StartAsync(cancellationToken);
        await UntilTunnelAsync(isOpen: true, cancellationToken);
    }

    public async Task CloseTunnelAsync(CancellationToken cancellationToken)
    {
        await _tunnel!.StopAsync();
        await UntilTunnelAsync(isOpen: false, cancellationToken);
    }

    /// <summary>An agent's tunnels over any address of the server; not started.</summary>
    public TunnelComponent NewTunnel(Uri server) => new(
        new TunnelOptions
        {
            Servers = new ServerAddresses(server),
            Identity = new ClientIdentity(
                Cluster.Server.CertificateAuthorities, Cluster.ClientCertificate($"system:node:{Name}", "system:nodes")),
            Address = new NodeAddress(IPAddress.Loopback),
            KubeletPort = () => Agent.KubeletPort,
            PodAddresses = () => Agent.PodAddresses,
        },
        TimeProvider.System, new Random(7), NullLoggerFactory.Instance);

    public Task UntilTunnelAsync(bool isOpen, CancellationToken cancellationToken)
        => Eventually.HoldsAsync(
            $"the tunnel is {(isOpen ? "open" : "closed")}",
            () => Cluster.Server.NodesWithTunnel.Contains(Name) == isOpen,
            cancellationToken);

    /// <summary>Runs a pod of one container, <c>main</c>.</summary>
    public async Task<ObjectKey> RunPodAsync(string name, CancellationToken cancellationToken)
    {
        var pod = Objects.Pod(name, pod => pod.Spec.NodeName = Name);
        await Cluster.LocalClient().CreateAsync(pod, cancellationToken);
        var key = new ObjectKey("default", name);
        await Eventually.HoldsAsync(
            $"{name} runs",
            async () => (await _client.FindAsync<V1Pod>(key, cancellationToken))?.Status.Phase == "Running",
            cancellationToken);
        return key;
    }

    public async ValueTask DisposeAsync()
    {
        if (_tunnel is not null)
        {
            await _tunnel.DisposeAsync();
        }

        await Agent.StopAllPodsAsync(CancellationToken.None);
        await Agent.DisposeAsync();
        await Runtime.DisposeAsync();
        await Cluster.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        var node = await _client.FindAsync<V1Node>(ObjectKey.Cluster(Name), cancellationToken);
        return node!.Status.Conditions.Any(one => one is { Type: "Ready", Status: "True" });
    }
}
