using System.Text.Json.Serialization;

namespace MiniKube.Runtimes;

/// <summary>
/// An image's configuration, as far as running it needs.
/// https://github.com/opencontainers/image-spec/blob/main/config.md
/// </summary>
internal sealed record ImageConfig
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; init; } = "";

    [JsonPropertyName("os")]
    public string Os { get; init; } = "";

    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("config")]
    public ImageProcess? Config { get; init; }

    [JsonPropertyName("rootfs")]
    public required ImageRootfs Rootfs { get; init; }
}

/// <summary>What an image runs when nobody says otherwise. All parts may be missing.</summary>
internal sealed record ImageProcess
{
    public string? User { get; init; }

    public IReadOnlyList<string>? Env { get; init; }

    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    public string? WorkingDir { get; init; }

    public string? StopSignal { get; init; }
}

/// <summary>The layers, lowest first, by the digest of their uncompressed tar.</summary>
internal sealed record ImageRootfs
{
    [JsonPropertyName("type")]
    public string Type { get; init; } = "layers";

    [JsonPropertyName("diff_ids")]
    public required IReadOnlyList<string> DiffIds { get; init; }
}

/// <summary>One image of a docker archive's <c>manifest.json</c>.</summary>
internal sealed record DockerManifest
{
    public required string Config { get; init; }

    public IReadOnlyList<string>? RepoTags { get; init; }

    public required IReadOnlyList<string> Layers { get; init; }
}
