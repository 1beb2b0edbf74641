namespace MiniKube.Runtimes;

/// <summary>
/// Chooses what runs the node's containers, by <c>--runtime</c>: a name takes that runtime or fails; <c>auto</c> takes docker when an
/// engine answers, else embedded on Linux as root, else says what is missing.
/// </summary>
public static class RuntimeSelector
{
    /// <summary>The names <c>--runtime</c> knows, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["auto", "docker", "embedded", "simulated"];

    /// <summary>Chooses by name.</summary>
    /// <exception cref="RuntimeException">The name is unknown, or the named runtime cannot work on this machine.</exception>
    public static async Task<RuntimeChoice> ChooseAsync(
        string name, RuntimeCandidates candidates, CancellationToken cancellationToken) => name switch
    {
        "auto" => await ChooseAnyAsync(candidates, cancellationToken),
        "docker" => new RuntimeChoice(await DockerAsync(candidates, cancellationToken)),
        "embedded" => new RuntimeChoice(Embedded(candidates)),
        "simulated" => new RuntimeChoice(candidates.Simulated()),
        _ => throw new RuntimeException(
            RuntimeError.NotSupported, $"unknown runtime '{name}'; known: {string.Join(", ", Names)}"),
    };

    private static async Task<RuntimeChoice> ChooseAnyAsync(RuntimeCandidates candidates, CancellationToken cancellationToken)
    {
        if (await FindEngineAsync(candidates, cancellationToken) is { } endpoint)
        {
            return new RuntimeChoice(candidates.Docker(endpoint));
        }

        return candidates.IsLinuxRoot
            ? new RuntimeChoice(candidates.Embedded())
            : new RuntimeChoice(
                null, $"no container runtime: no Docker engine answers at {EndpointOf(candidates)}, and the embedded one needs Linux and root");
    }

    private static async Task<IContainerRuntime> DockerAsync(RuntimeCandidates candidates, CancellationToken cancellationToken)
    {
        var endpoint = await FindEngineAsync(candidates, cancellationToken);
        return endpoint is not null
            ? candidates.Docker(endpoint)
            : throw new RuntimeException(
                RuntimeError.Unavailable,
                $"no Docker engine answers at {EndpointOf(candidates)}; start it, or name another with --docker-endpoint");
    }

    private static IContainerRuntime Embedded(RuntimeCandidates candidates)
        => candidates.IsLinuxRoot
            ? candidates.Embedded()
            : throw new RuntimeException(
                RuntimeError.NotSupported, "the embedded runtime needs Linux and root; run as root, or use --runtime docker");

    private static async Task<Uri?> FindEngineAsync(RuntimeCandidates candidates, CancellationToken cancellationToken)
    {
        var endpoint = EndpointOf(candidates);
        // A socket that is not there needs no waiting for an answer.
        var isAbsent = endpoint.Scheme == "unix" && !File.Exists(endpoint.AbsolutePath);
        return !isAbsent && await candidates.ProbeDocker(endpoint, cancellationToken) is not null ? endpoint : null;
    }

    private static Uri EndpointOf(RuntimeCandidates candidates)
    {
        if (candidates.DockerEndpoint is { } named)
        {
            return named;
        }

        return Uri.TryCreate(candidates.DockerHost, UriKind.Absolute, out var fromEnvironment)
            ? fromEnvironment
            : new Uri($"unix://{candidates.DockerSocket}");
    }
}
