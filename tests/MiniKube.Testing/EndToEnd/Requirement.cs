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
            && (await ProgramRun.OfAsync(docker, ["version"], new Dictionary<string, string>(), cancellationToken)).ExitCode == 0;
        Need(answers, "needs a Docker engine that answers (DOCKER_HOST)");
    }

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
