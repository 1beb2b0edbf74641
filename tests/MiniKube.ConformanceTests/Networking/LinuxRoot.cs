using MiniKube.Networking;

namespace MiniKube.ConformanceTests;

/// <summary>What tests of the kernel's side need; without it they skip, or fail where everything is required.</summary>
internal static class LinuxRoot
{
    public static void Require() => Require(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "root on Linux");

    public static void RequireProgram(string name) => Require(HostCommand.Find(name) is not null, name);

    private static void Require(bool isThere, string what)
    {
        if (isThere)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("MINIKUBE_REQUIRE_ALL") == "1")
        {
            Assert.Fail($"needs {what}");
        }

        Assert.Ignore($"needs {what}");
    }
}
