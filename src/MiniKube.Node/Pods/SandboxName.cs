using System.Globalization;

namespace MiniKube.Node;

/// <summary>Names of sandboxes: the pod's uid and a number that grows with every new sandbox of the pod.</summary>
internal static class SandboxName
{
    public static string Of(string podUid, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{podUid}-{attempt}");

    /// <summary>The number in a name this class made; -1 for any other.</summary>
    public static int AttemptOf(string sandboxId)
    {
        var dash = sandboxId.LastIndexOf('-');
        return int.TryParse(sandboxId.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? attempt
            : -1;
    }
}
