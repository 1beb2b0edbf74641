using System.Text.Json;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube;

/// <summary>Finds out how a running server is.</summary>
internal sealed class ServerStatus
{
    private readonly string _root;
    private readonly DateTimeOffset _started;

    public ServerStatus(string root, TimeProvider time)
    {
        _root = root;
        _started = time.GetUtcNow();
    }

    public required string Address { get; init; }

    public required ControlPlane ControlPlane { get; init; }

    /// <summary>Everything that was started.</summary>
    public required Func<IReadOnlyList<ClusterComponent>> Components { get; init; }

    public required SnapshotTaker Snapshots { get; init; }

    /// <summary>Null when the schedule is off.</summary>
    public required SnapshotScheduler? Scheduler { get; init; }

    /// <summary>How a node is reached, by its name; null when nobody knows.</summary>
    public required Func<string, string?> ConnectionOf { get; init; }

    /// <summary>The control socket's <c>status</c>.</summary>
    public async Task<IEnumerable<string>> AnswerAsync(Stream content, CancellationToken cancellationToken)
        => [JsonSerializer.Serialize(await ReadAsync(cancellationToken), StatusJson.Default.InstanceStatus)];

    public async Task<InstanceStatus> ReadAsync(CancellationToken cancellationToken)
    {
        var client = ControlPlane.Server.CreateClient("system:minikube-status", "system:masters");
        var nodes = await client.ListAsync<V1Node>(ObjectQuery.All, cancellationToken);
        var capture = ControlPlane.Capture();
        return new InstanceStatus
        {
            Role = "server",
            Version = VersionCommand.Current,
            DataDirectory = _root,
            Address = Address,
            Started = _started,
            Components =
            [
                new ComponentStatus("startup", ControlPlane.IsReady ? null : "components are starting"),
                .. Components().Select(static one => new ComponentStatus(one.Name, one.IsReady ? null : "it has ended")),
            ],
            Nodes = [.. nodes.Items.Select(node => NodeStatuses.Of(node, ConnectionOf(node.Metadata.Name)))],
            Certificates = [.. CertificateEnds.Read(_root, "pki"), .. JoinedNodes(nodes.Items)],
            Store = new StoreStatus(
                capture.Revision.Value, capture.Counts.Values.Sum(), capture.JsonBytes, ControlPlane.StoreBytes),
            Snapshots = SnapshotsOf(capture),
        };
    }

    private IEnumerable<CertificateEnd> JoinedNodes(IReadOnlyList<V1Node> nodes)
        => nodes.Select(static node => node.Metadata.Name)
            .Where(name => ConnectionOf(name) != "local")
            .Select(name => CertificateEnds.OfNode(
                name, ControlPlane.Server.NodeCertificateEnds.TryGetValue(name, out var ends) ? ends : null));

    private SnapshotStatus SnapshotsOf(Store.StoreCapture capture)
    {
        var id = SnapshotTaker.ClusterIdOf(capture);
        var last = Snapshots.Folder.List().LastOrDefault(one => one.Manifest?.ClusterId == id);
        return new SnapshotStatus
        {
            Directory = Snapshots.Folder.Path,
            Schedule = Scheduler?.Schedule.ToString() ?? "off",
            Last = last?.Name,
            LastTaken = last?.Manifest?.Taken,
            Next = Scheduler?.State.Next,
            Failure = Scheduler?.State.Failure,
        };
    }
}
