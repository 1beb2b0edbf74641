using System.Net;
using System.Text;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Node;
using MiniKube.Runtimes;

namespace MiniKube.Testing;

/// <summary>
/// A node agent over a simulated runtime and an API in memory, with whatever clock the test brings. Stopping it leaves the runtime,
/// so that a test can start another agent on what is there.
/// </summary>
public sealed class TestNode : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("minikube-node-").FullName;
    private readonly bool _ownsWorld;

    private TestNode(TimeProvider time, InMemoryApiClient client, SimulatedRuntime runtime, bool ownsWorld)
    {
        Time = time;
        Client = client;
        Runtime = runtime;
        _ownsWorld = ownsWorld;
        Connection = new BreakableApiClient(client);
        Agent = new NodeAgent(
            new NodeOptions
            {
                NodeName = "node-1",
                Address = Address,
                DataDirectory = _directory,
                Version = "v1.35.0+minikube.1",
                Labels = new Dictionary<string, string> { ["disk"] = "fast" },
            },
            Connection, runtime, Nodes, time, new Random(7), NullLoggerFactory.Instance);
    }

    public TimeProvider Time { get; }

    public InMemoryApiClient Client { get; }

    /// <summary>The agent's own way to <see cref="Client"/>; can be broken.</summary>
    public BreakableApiClient Connection { get; }

    /// <summary>The node's address; can be changed.</summary>
    public NodeAddress Address { get; } = new(IPAddress.Parse("192.0.2.10"));

    public SimulatedRuntime Runtime { get; }

    public NodeDirectory Nodes { get; } = new();

    public NodeAgent Agent { get; }

    /// <summary>Where pods' files are.</summary>
    public string DataDirectory => _directory;

    /// <summary>A node that is Ready.</summary>
    public static async Task<TestNode> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var node = new TestNode(time, new InMemoryApiClient(time), new SimulatedRuntime(time), ownsWorld: true);
        await node.StartAgentAsync(cancellationToken);
        return node;
    }

    /// <summary>The next agent on the same API and runtime, after this one was stopped.</summary>
    public async Task<TestNode> RestartAsync(CancellationToken cancellationToken)
    {
        await Agent.StopAsync();
        var next = Next();
        await next.StartAgentAsync(cancellationToken);
        return next;
    }

    /// <summary>The next agent on the same API and runtime, not started yet.</summary>
    public TestNode Next() => new(Time, Client, Runtime, ownsWorld: false);

    /// <summary>Waits until the node is Ready.</summary>
    public Task UntilReadyAsync(CancellationToken cancellationToken)
        => Eventually.HoldsAsync("the node is ready", async () => await IsReadyAsync(cancellationToken), cancellationToken);

    /// <summary>Creates the pod bound to this node.</summary>
    public Task<V1Pod> RunAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        pod.Spec.NodeName = "node-1";
        return Client.CreateAsync(pod, cancellationToken);
    }

    public async Task<V1Pod?> FindAsync(string name, CancellationToken cancellationToken)
        => await Client.FindAsync<V1Pod>(new ObjectKey("default", name), cancellationToken);

    /// <summary>Waits until the pod's state in the API is as wanted.</summary>
    public async Task<V1Pod> EventuallyAsync(
        string what, string pod, Func<V1Pod, bool> condition, CancellationToken cancellationToken)
    {
        var seen = await Eventually.GetsAsync(
            what, async () => new Seen(await FindAsync(pod, cancellationToken)),
            state => state.Pod is not null && condition(state.Pod), TimeSpan.FromSeconds(10), cancellationToken);
        return seen.Pod!;
    }

    public Task UntilGoneAsync(string pod, CancellationToken cancellationToken)
        => Eventually.HoldsAsync(
            $"{pod} is gone", async () => await FindAsync(pod, cancellationToken) is null, cancellationToken);

    /// <summary>The log of a container as <c>kubectl logs</c> prints it.</summary>
    public async Task<string> LogsAsync(string pod, string? container, LogOptions options, CancellationToken cancellationToken)
    {
        var output = new MemoryStream();
        await Agent.CopyLogsAsync(
            new ContainerAddress(new ObjectKey("default", pod), container), options, output, cancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>Waits until an event of the pod says <c>Reason: message</c>.</summary>
    public Task UntilToldAsync(string pod, string line, CancellationToken cancellationToken)
        => Eventually.GetsAsync(
            $"the event '{line}' is written", () => EventsAsync(pod, cancellationToken),
            lines => lines.Contains(line), TimeSpan.FromSeconds(10), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_ownsWorld)
        {
            await Agent.StopAllPodsAsync(CancellationToken.None);
            await Runtime.DisposeAsync();
        }

        await Agent.DisposeAsync();

        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAgentAsync(CancellationToken cancellationToken)
    {
        await Agent.StartAsync(cancellationToken);
        var node = await Client.FindAsync<V1Node>(ObjectKey.Cluster("node-1"), cancellationToken);
        await Client.UpdateWithRetryAsync(
            node!,
            item =>
            {
                item.Spec.PodCIDR = "10.42.0.0/24";
                return true;
            },
            subresource: null,
            cancellationToken);
        await Eventually.HoldsAsync("the node is ready", async () => await IsReadyAsync(cancellationToken), cancellationToken);
    }

    private async Task<IReadOnlyList<string>> EventsAsync(string pod, CancellationToken cancellationToken)
    {
        var events = await Client.ListAsync<Corev1Event>(ObjectQuery.All, cancellationToken);
        return [.. events.Items
            .Where(item => item.InvolvedObject.Name == pod)
            .Select(item => $"{item.Reason}: {item.Message}")];
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        var node = await Client.FindAsync<V1Node>(ObjectKey.Cluster("node-1"), cancellationToken);
        return Nodes.Find("node-1") is not null
            && node!.Status.Conditions.Any(condition => condition.Type == "Ready" && condition.Status == "True");
    }

    /// <summary>Prints a pod's status when a wait fails.</summary>
    private sealed record Seen(V1Pod? Pod)
    {
        public override string ToString()
            => Pod is null ? "no such pod" : Encoding.UTF8.GetString(ObjectJson.Encode(Pod.Status ?? new V1PodStatus()));
    }
}
