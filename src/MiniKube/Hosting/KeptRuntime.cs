namespace MiniKube;

/// <summary>The runtime of a data directory's last start, so that its pods are found again.</summary>
/// <param name="Name">Null when there was none.</param>
/// <param name="DockerEndpoint">The engine, for the docker runtime.</param>
internal sealed record KeptRuntime(string? Name, string? DockerEndpoint);
