using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Networking;

namespace MiniKube.Testing;

/// <summary>
/// A machine without programs: a namespace on a segment, with a pod network and its ways to the other machines. Its Node
/// object is made here, as agent and controllers would.
/// </summary>
public sealed class TestMachine : IAsyncDisposable
{
    private readonly InMemoryApiClient _client;
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"minikube-{Guid.NewGuid():n}");
    private readonly List<TestNamespace> _pods = [];

    private TestMachine(string name, InMemoryApiClient client, NodeNetworkOptions options)
    {
        Name = name;
        _client = client;
        Instance = PodNetworkOptions.InstanceNameOf(_directory);
        Options = options with
        {
            InstanceName = Instance,
            StateDirectory = Path.Combine(_directory, "ways"),
            NodeName = name,
            NamespacePath = Namespace.Path,
        };
        Pods = new PodNetwork(
            new PodNetworkOptions
            {
                InstanceName = Instance,
                StateDirectory = Path.Combine(_directory, "pods"),
                NodeIp = options.Address.Current,
                Overhead = options.Backend.Overhead(),
                OpensFirewall = false,
                NamespacePath = Namespace.Path,
            },
            NullLogger<PodNetwork>.Instance);
        Ways = NewWays();
    }

    public string Name { get; }

    public string Instance { get; }

    public TestNamespace Namespace { get; } = TestNamespace.Create();

    public NodeNetworkOptions Options { get; private set; }

    public PodNetwork Pods { get; }

    public NodeNetwork Ways { get; private set; }

    /// <summary>Plugs a machine into the segment, makes its Node object and starts its network.</summary>
    public static async Task<TestMachine> StartAsync(
        string name, IPNetwork podCidr, TestSegment segment, InMemoryApiClient client, NodeNetworkOptions options,
        CancellationToken cancellationToken)
    {
        var machine = new TestMachine(name, client, options);
        segment.Plug(machine.Namespace, options.Address.Current, 24);
        await client.CreateAsync(NodeObjects.Node(name, podCidr.ToString(), options.Address.Current.ToString()), cancellationToken);
        await machine.Pods.ConfigureAsync(podCidr, cancellationToken);
        await machine.Ways.StartAsync(cancellationToken);
        await machine.Ways.SetUp.WaitAsync(cancellationToken);
        return machine;
    }

    /// <summary>A pod of this machine, and its address.</summary>
    public async Task<(TestNamespace Pod, IPAddress Address)> StartPodAsync(CancellationToken cancellationToken)
    {
        var pod = TestNamespace.Create();
        _pods.Add(pod);
        return (pod, await Pods.AttachAsync($"pod-{_pods.Count}", pod.Path, cancellationToken));
    }

    /// <summary>The network's process dies and a new one starts, perhaps with other options.</summary>
    public async Task RestartAsync(Func<NodeNetworkOptions, NodeNetworkOptions> change, CancellationToken cancellationToken)
    {
        await Ways.DisposeAsync();
        Options = change(Options);
        Ways = NewWays();
        await Ways.StartAsync(cancellationToken);
    }

    /// <summary>The Node object as it is now.</summary>
    public async Task<V1Node> NodeAsync(CancellationToken cancellationToken)
        => await _client.FindAsync<V1Node>(ObjectKey.Cluster(Name), cancellationToken)
            ?? throw new InvalidOperationException($"node {Name} is gone");

    public async ValueTask DisposeAsync()
    {
        await Pods.TearDownAsync(CancellationToken.None);
        await Ways.TearDownAsync(CancellationToken.None);
        await Ways.DisposeAsync();
        await Pods.DisposeAsync();
        _pods.ForEach(static pod => pod.Dispose());
        Namespace.Dispose();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private NodeNetwork NewWays() => new(Options, _client, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
}
