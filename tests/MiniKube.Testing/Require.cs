namespace MiniKube.Testing;

/// <summary>What a test needs of the machine. Missing means skipped with the reason, or failed with MINIKUBE_REQUIRE_ALL=1.</summary>
public static class Require
{
    private static bool All => Environment.GetEnvironmentVariable("MINIKUBE_REQUIRE_ALL") == "1";

    /// <summary>Goes on when the condition holds; else skips or fails the test with what is missing.</summary>
    public static void That(bool holds, string missing)
    {
        if (holds)
        {
            return;
        }

        if (All)
        {
            Assert.Fail(missing);
        }

        Assert.Ignore(missing);
    }
}
