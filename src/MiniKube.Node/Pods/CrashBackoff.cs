using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// How long a container that ended waits for its next start: not at all the first time, then 10 s, doubling up to 5 minutes;
/// forgotten once an instance ran for 10 minutes.
/// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restarts
/// </summary>
internal static class CrashBackoff
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Forgiven = TimeSpan.FromMinutes(10);

    // 10 s doubled so often is above the longest.
    private const int DoublingsMax = 5;

    /// <summary>The wait after so many ends in a row.</summary>
    public static TimeSpan DelayAfter(int crashes)
    {
        if (crashes <= 1)
        {
            return TimeSpan.Zero;
        }

        var grown = First * (1 << Math.Min(crashes - 2, DoublingsMax));
        return grown < Longest ? grown : Longest;
    }

    /// <summary>The wait after so many failures in a row of something that waits from the first one on, such as a pull.</summary>
    public static TimeSpan DelayAfterFailure(int failures) => DelayAfter(failures + 1);

    /// <summary>Ends in a row, this one included.</summary>
    public static int CountAfter(int crashesBefore, ContainerStatus ended)
        => ended.Finished - ended.Started >= Forgiven ? 1 : crashesBefore + 1;
}
