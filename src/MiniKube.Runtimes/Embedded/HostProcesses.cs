using System.Globalization;
using System.Runtime.InteropServices;

namespace MiniKube.Runtimes;

/// <summary>Processes that are not children of ours.</summary>
internal static partial class HostProcesses
{
    private const int SignalKill = 9;

    /// <summary>Kills a process; one that is gone is fine.</summary>
    public static void Kill(int pid) => _ = kill(pid, SignalKill);

    /// <summary>True when the process has a handler for the signal (<c>SigCgt</c> of /proc/PID/status).</summary>
    public static bool Handles(int pid, int signal)
    {
        const string Caught = "SigCgt:";
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").First(static line => line.StartsWith(Caught, StringComparison.Ordinal));
            var caught = ulong.Parse(line.AsSpan(Caught.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return (caught & (1UL << (signal - 1))) != 0;
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException)
        {
            return true; // It ended; there is nothing to repeat.
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
