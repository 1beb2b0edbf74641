using System.Text.Json.Serialization;

namespace MiniKube;

/// <summary>
/// What a snapshot is of: the part <c>manifest.json</c>, the last one of the archive. docs/backup.md describes the file.
/// </summary>
internal sealed record SnapshotManifest
{
    /// <summary>The form this version writes, and the newest it reads.</summary>
    public const int FormatVersion = 2;

    /// <summary>The value of <see cref="Origin"/> for one that somebody asked for; retention leaves it alone.</summary>
    public const string OnDemand = "on-demand";

    /// <summary>The value of <see cref="Origin"/> for one that the schedule made.</summary>
    public const string Scheduled = "scheduled";

    public int Format { get; init; } = FormatVersion;

    /// <summary>The version of minikube that wrote it.</summary>
    public required string Version { get; init; }

    public required string Origin { get; init; }

    /// <summary>The uid of the namespace kube-system, which is what tells clusters apart; empty before it was made.</summary>
    public required string ClusterId { get; init; }

    /// <summary>The server it was taken on.</summary>
    public required string Node { get; init; }

    public required long Revision { get; init; }

    public required DateTimeOffset Taken { get; init; }

    /// <summary>How many objects there are of each resource.</summary>
    public required IReadOnlyDictionary<string, int> Objects { get; init; }

    /// <summary>True when the cluster's keys are in it, encrypted.</summary>
    public required bool HasKeys { get; init; }

    /// <summary>The id of the key its Secrets are encrypted with; null when they are not, as in format 1.</summary>
    public string? SecretKey { get; init; }

    public required IReadOnlyList<SnapshotPart> Parts { get; init; }

    [JsonIgnore]
    public int ObjectCount => Objects.Values.Sum();
}

/// <summary>One part of the archive as it is when unpacked.</summary>
/// <param name="Name">The entry of the archive.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, in lower case hexadecimal.</param>
internal sealed record SnapshotPart(string Name, long Bytes, string Sha256);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SnapshotManifest))]
[JsonSerializable(typeof(Dictionary<string, byte[]>))]
internal sealed partial class SnapshotJson : JsonSerializerContext;

/// <summary>One line each way: what is said over the control socket.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SnapshotRequest))]
[JsonSerializable(typeof(SnapshotFile))]
internal sealed partial class SnapshotWire : JsonSerializerContext;
