using System.Diagnostics;

namespace MiniKube;

/// <summary>
/// Lets every key go to the other side as it is: no echo, no lines, no Ctrl-C of our own. Undone when disposed. Uses stty, which
/// every machine with a terminal has, so that this project needs no system calls of its own.
/// </summary>
internal sealed class RawTerminal : IDisposable
{
    private readonly string _before;

    private RawTerminal(string before) => _before = before;

    /// <summary>Null when the terminal cannot be changed; then lines are sent when they are finished.</summary>
    public static async Task<RawTerminal?> EnterAsync(CancellationToken cancellationToken)
    {
        if (await SttyAsync("-g", cancellationToken) is not { Length: > 0 } before)
        {
            return null;
        }

        var terminal = new RawTerminal(before.Trim());
        await SttyAsync("raw -echo", cancellationToken);
        return terminal;
    }

    public void Dispose()
    {
        using var stty = Start(_before);
        stty?.WaitForExit();
    }

    private static async Task<string?> SttyAsync(string arguments, CancellationToken cancellationToken)
    {
        using var stty = Start(arguments);
        if (stty is null)
        {
            return null;
        }

        var output = await stty.StandardOutput.ReadToEndAsync(cancellationToken);
        await stty.WaitForExitAsync(cancellationToken);
        return stty.ExitCode == 0 ? output : null;
    }

    private static Process? Start(string arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("stty", arguments) { RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // No stty on this machine.
        }
    }
}
