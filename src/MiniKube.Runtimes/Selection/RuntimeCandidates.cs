namespace MiniKube.Runtimes;

/// <summary>What this machine could run containers with, and how each would be made. Nothing is made before it is chosen.</summary>
public sealed record RuntimeCandidates
{
    /// <summary>Makes the docker runtime for an engine.</summary>
    public required Func<Uri, IContainerRuntime> Docker { get; init; }

    /// <summary>Makes the embedded runtime.</summary>
    public required Func<IContainerRuntime> Embedded { get; init; }

    /// <summary>Makes the simulated runtime.</summary>
    public required Func<IContainerRuntime> Simulated { get; init; }

    /// <summary>The engine the user names (<c>--docker-endpoint</c>), or null.</summary>
    public Uri? DockerEndpoint { get; init; }

    /// <summary>The engine the environment names (<c>DOCKER_HOST</c>), or null.</summary>
    public string? DockerHost { get; init; }

    /// <summary>The socket engines listen on when nobody says otherwise.</summary>
    public string DockerSocket { get; init; } = "/var/run/docker.sock";

    /// <summary>True on Linux as root, which the embedded runtime needs.</summary>
    public bool IsLinuxRoot { get; init; } = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>Asks an engine for its version; null when none answers.</summary>
    public Func<Uri, CancellationToken, Task<string?>> ProbeDocker { get; init; } = DockerRuntime.ProbeAsync;
}

/// <summary>What was chosen: a runtime, or null and what this machine lacks.</summary>
public sealed record RuntimeChoice(IContainerRuntime? Runtime, string Lack = "");
