using System.Text.Json.Serialization;

namespace MiniKube.Runtimes;

/// <summary>What a token service answers; the name of the member depends on its age.</summary>
internal sealed record RegistryToken
{
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }
}

/// <summary>Why a registry refused.</summary>
internal sealed record RegistryErrors
{
    [JsonPropertyName("errors")]
    public IReadOnlyList<RegistryProblem>? Errors { get; init; }
}

/// <summary>One reason.</summary>
internal sealed record RegistryProblem
{
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }
}
