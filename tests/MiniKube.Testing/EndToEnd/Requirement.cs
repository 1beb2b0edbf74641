using NUnit.Framework;

namespace MiniKube.Testing;

/// <summary>
/// What a test needs of the machine. Missing skips the test with the reason, or fails it when <c>MINIKUBE_REQUIRE_ALL</c> is set.
/// </summary>
public static class Requirement
{
    /// <summary>Root on Linux: namespaces, mounts, cgroups.</summary>
    public static void LinuxRoot()
        => Need(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root on Linux");

    /// <summary>kubectl on the path.</summary>
    public static void Kubectl() => Need(PathOf("kubectl") is not null, "needs kubectl on the PATH");

    /// <summary>dig, of Debian's dnsutils, on the path.</summary>
    public static void Dig() => Need(PathOf("dig") is not null, "needs dig (dnsutils) on the PATH");

    /// <summary>faketime's library.</summary>
    public static void Faketime() => Need(LabClock.Library is not null, "needs faketime");

    /// <summary>dockerd and docker on the path, to start engines of a test's own.</summary>
    public static void DockerPrograms()
        => Need(PathOf("dockerd") is not null && PathOf("docker") is not null, "needs dockerd and docker on the PATH");

    /// <summary>A Docker engine that answers.</summary>
    public static async Task DockerAsync(CancellationToken cancellationToken)
    {
        var docker = PathOf("docker");
        var answers = docker is not null
            && await SucceedsAsync(docker, ["version"], cancellationToken);
        Need(answers, "needs a Docker engine that answers (DOCKER_HOST)");
    }

    /// <summary>The Python that Debian's packages are installed for.</summary>
    public static string DebianPython => "/usr/bin/python3";

    /// <summary>The official Python client, of Debian's python3-kubernetes.</summary>
    public static async Task PythonClientAsync(CancellationToken cancellationToken)
        => Need(
            File.Exists(DebianPython) && await SucceedsAsync(DebianPython, ["-c", "import kubernetes"], cancellationToken),
            "needs python3-kubernetes");

    /// <summary>The official JavaScript client, in the folder of its test.</summary>
    public static async Task JavaScriptClientAsync(CancellationToken cancellationToken)
        => Need(
            PathOf("node") is { } node
                && Directory.Exists(RepositoryFiles.PathOf("tests/Clients/javascript/node_modules/@kubernetes/client-node"))
                && await SucceedsAsync(node, ["--version"], cancellationToken),
            "needs node, and npm ci --prefix tests/Clients/javascript");

    private static async Task<bool> SucceedsAsync(string program, string[] arguments, CancellationToken cancellationToken)
        => (await ProgramRun.OfAsync(program, arguments, new Dictionary<string, string>(), cancellationToken)).ExitCode == 0;

    private static string? PathOf(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    private static void Need(bool met, string why)
    {
        if (met)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("MINIKUBE_REQUIRE_ALL") == "1")
        {
            Assert.Fail(why);
        }

        Assert.Ignore(why);
    }
}
