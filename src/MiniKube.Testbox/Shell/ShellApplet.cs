using System.Runtime.InteropServices;

namespace MiniKube.Testbox;

internal sealed class ShellApplet() : Applet("sh", "[-c COMMAND | FILE]", "small shell: words, quotes, $VAR, && || ; | > >> < 2>&1")
{
    public override bool HandlesSignals => true;

    public override Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        var shell = new Shell(new AppletCatalog(TimeProvider.System));
        return Task.FromResult(args switch
        {
            ["-c", var command, ..] => shell.Run(command, last: true),
            [] => Interact(shell),
            [var file] => shell.Run(File.ReadAllText(file), last: false),
            _ => throw new UsageException("needs -c COMMAND, a FILE or nothing"),
        });
    }

    private static int Interact(Shell shell)
    {
        var terminal = Libc.TerminalSize(0) is not null;
        // Ctrl-C is for the program in front; a handler (unlike ignoring) is gone in the programs we start.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using var input = new StreamReader(StandardStreams.Input());
        while (!shell.Ended)
        {
            if (terminal)
            {
                Output.Text($"{Environment.CurrentDirectory} # ");
            }

            if (input.ReadLine() is not { } line)
            {
                break;
            }

            shell.Run(line, last: false);
        }

        return shell.Status;
    }
}
