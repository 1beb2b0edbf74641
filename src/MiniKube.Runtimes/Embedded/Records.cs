using System.Text.Json.Serialization;

namespace MiniKube.Runtimes;

/// <summary>What is kept of a sandbox, in <c>sandbox.json</c>.</summary>
internal sealed record SandboxRecord
{
    public required string Id { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    public required string Hostname { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Null with the node's network, and until the network is attached.</summary>
    public string? Ip { get; init; }
}

/// <summary>What is kept of a container, in <c>container.json</c>.</summary>
internal sealed record ContainerRecord
{
    public required string Name { get; init; }

    public required int Attempt { get; init; }

    public required string Image { get; init; }

    public required string ImageId { get; init; }

    public required string SpecHash { get; init; }

    public required int StopSignal { get; init; }

    public required DateTimeOffset Created { get; init; }

    [JsonIgnore]
    public string Key => $"{Name}.{Attempt}";
}

/// <summary>The records, without reflection.</summary>
[JsonSerializable(typeof(SandboxRecord))]
[JsonSerializable(typeof(ContainerRecord))]
internal sealed partial class RecordsJson : JsonSerializerContext;
