namespace MiniKube.ConformanceTests.Networking;

internal static class LinuxRoot
{
    /// <summary>Skips the test where it cannot run; there it fails instead when everything is required.</summary>
    public static void Require()
    {
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("MINIKUBE_REQUIRE_ALL") == "1")
        {
            Assert.Fail("needs root on Linux");
        }

        Assert.Ignore("needs root on Linux");
    }
}
