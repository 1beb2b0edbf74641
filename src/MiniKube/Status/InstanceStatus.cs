using System.Text.Json.Serialization;

namespace MiniKube;

/// <summary>
/// How one instance, a server or an agent, is doing: what <c>minikube status</c> shows, <c>-o json</c> included. The running process
/// fills it in and answers the request <c>status</c> on its control socket, where only the owner of the data directory can ask.
/// </summary>
internal sealed record InstanceStatus
{
    /// <summary><c>server</c> or <c>agent</c>.</summary>
    public required string Role { get; init; }

    public required string Version { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>Where the API is: the server's own, or the one an agent talks to.</summary>
    public required string Address { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required IReadOnlyList<ComponentStatus> Components { get; init; }

    /// <summary>All nodes of the cluster; of an agent its own, as far as it knows.</summary>
    public required IReadOnlyList<NodeStatus> Nodes { get; init; }

    public required IReadOnlyList<CertificateEnd> Certificates { get; init; }

    /// <summary>Null where there is none: at an agent.</summary>
    public StoreStatus? Store { get; init; }

    /// <summary>Null where none are taken: at an agent.</summary>
    public SnapshotStatus? Snapshots { get; init; }

    /// <summary>The servers an agent knows; empty at a server.</summary>
    public IReadOnlyList<ServerLinkStatus> Servers { get; init; } = [];

    /// <summary>The pods on an agent's machine; empty at a server, which is asked for pods by <c>minikube get</c>.</summary>
    public IReadOnlyList<PodSummary> Pods { get; init; } = [];

    /// <summary>True when every component works.</summary>
    public bool Ready => Components.All(static one => one.Problem is null);
}

/// <summary>A component and what is wrong with it, or null.</summary>
internal sealed record ComponentStatus(string Name, string? Problem);

/// <summary>A node as the API has it.</summary>
internal sealed record NodeStatus
{
    public required string Name { get; init; }

    /// <summary><c>Ready</c> or <c>NotReady</c>, with <c>SchedulingDisabled</c> behind a comma, as kubectl has it.</summary>
    public required string State { get; init; }

    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset? Created { get; init; }

    public string? Version { get; init; }

    public string? InternalIp { get; init; }

    public string? Runtime { get; init; }

    /// <summary>How this server reaches it: <c>local</c>, <c>tunnel</c> or <c>direct</c>; null when nobody knows.</summary>
    public string? Connection { get; init; }
}

/// <summary>The store.</summary>
internal sealed record StoreStatus(long Revision, int Objects, long JsonBytes, long DiskBytes);

/// <summary>Snapshots by schedule and on demand.</summary>
internal sealed record SnapshotStatus
{
    public required string Directory { get; init; }

    /// <summary>The cron expression, or <c>off</c>.</summary>
    public required string Schedule { get; init; }

    /// <summary>The newest one in the directory that is of this cluster.</summary>
    public string? Last { get; init; }

    public DateTimeOffset? LastTaken { get; init; }

    public DateTimeOffset? Next { get; init; }

    /// <summary>What was wrong with the last scheduled one; null when nothing.</summary>
    public string? Failure { get; init; }
}

/// <summary>A server as an agent sees it.</summary>
internal sealed record ServerLinkStatus(string Address, bool Answers);

/// <summary>A pod as the machine's runtime has it, whatever a server says.</summary>
internal sealed record PodSummary(string Namespace, string Name, string? Ip, int Containers);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InstanceStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
