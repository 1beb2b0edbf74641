using System.Runtime.InteropServices;

namespace MiniKube;

/// <summary>
/// Turns Ctrl-C and SIGTERM into a cancelled token. The first one asks the command to end; a second Ctrl-C ends the process
/// as if nobody listened.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const int SignalExitCodes = 128;

    private readonly CancellationTokenSource _cancelled = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
    }

    public CancellationToken Token => _cancelled.Token;

    /// <summary>What a shell expects of a process that a signal ended: 128 + its number.</summary>
    public int ExitCode { get; private set; }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _cancelled.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        var again = _cancelled.IsCancellationRequested && context.Signal == PosixSignal.SIGINT;
        context.Cancel = !again;
        ExitCode = SignalExitCodes + (context.Signal == PosixSignal.SIGINT ? 2 : 15);
        _cancelled.Cancel();
    }
}
