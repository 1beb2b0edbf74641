using System.Net.Sockets;
using System.Text.Json;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Runtimes;

namespace MiniKube;

/// <summary>Finds out how a running agent is: also while no server answers.</summary>
internal sealed class AgentStatus
{
    // Who asks waits for this; a server that takes longer does not answer, as far as a person is concerned.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly string _root;
    private readonly DateTimeOffset _started;

    public AgentStatus(string root, TimeProvider time)
    {
        _root = root;
        _started = time.GetUtcNow();
    }

    public required AgentState State { get; init; }

    public required IApiClient Client { get; init; }

    public required IContainerRuntime Runtime { get; init; }

    /// <summary>Everything that was started.</summary>
    public required Func<IReadOnlyList<ClusterComponent>> Components { get; init; }

    /// <summary>The control socket's <c>status</c>.</summary>
    public async Task<IEnumerable<string>> AnswerAsync(Stream content, CancellationToken cancellationToken)
        => [JsonSerializer.Serialize(await ReadAsync(cancellationToken), StatusJson.Default.InstanceStatus)];

    public async Task<InstanceStatus> ReadAsync(CancellationToken cancellationToken)
    {
        var servers = await Task.WhenAll(State.Servers.Select(server => TryConnectAsync(server, cancellationToken)));
        return new InstanceStatus
        {
            Role = "agent",
            Version = VersionCommand.Current,
            DataDirectory = _root,
            Address = (servers.FirstOrDefault(static one => one.Answers) ?? servers[0]).Address,
            Started = _started,
            Components = [.. Components().Select(static one => new ComponentStatus(one.Name, one.IsReady ? null : "it has ended"))],
            Nodes = [await OwnNodeAsync(cancellationToken)],
            Certificates = CertificateEnds.Read(_root, "pki"),
            Servers = servers,
            Pods = await PodsAsync(cancellationToken),
        };
    }

    private static async Task<ServerLinkStatus> TryConnectAsync(Uri server, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(server.IdnHost, server.Port, patience.Token);
            return new ServerLinkStatus(server.GetLeftPart(UriPartial.Authority), Answers: true);
        }
        catch (Exception silent) when (silent is SocketException
            || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new ServerLinkStatus(server.GetLeftPart(UriPartial.Authority), Answers: false);
        }
    }

    private async Task<NodeStatus> OwnNodeAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var node = await Client.FindAsync<V1Node>(new ObjectKey("", State.NodeName), patience.Token);
            return node is null ? Unknown("the cluster has no such node") : NodeStatuses.Of(node, connection: "local");
        }
        catch (Exception silent) when (silent is ApiException or HttpRequestException or IOException
            || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Unknown($"no server tells: {silent.Message}");
        }
    }

    private NodeStatus Unknown(string reason) => new() { Name = State.NodeName, State = "Unknown", Reason = reason };

    private async Task<IReadOnlyList<PodSummary>> PodsAsync(CancellationToken cancellationToken)
    {
        var containers = (await Runtime.ListContainersAsync(cancellationToken)).ToLookup(static one => one.SandboxId);
        return
        [
            .. (await Runtime.ListSandboxesAsync(cancellationToken))
                .OrderBy(static one => one.Pod.Key.Namespace, StringComparer.Ordinal)
                .ThenBy(static one => one.Pod.Key.Name, StringComparer.Ordinal)
                .Select(sandbox => new PodSummary(
                    sandbox.Pod.Key.Namespace, sandbox.Pod.Key.Name, sandbox.Ip?.ToString(), containers[sandbox.Id].Count())),
        ];
    }
}
