using System.Runtime.InteropServices;

namespace MiniKube.Testbox;

/// <summary>One program, many small tools: which one is named by the file it was started as, or by the first argument.</summary>
internal static class Program
{
    private const int TerminatedBySignal = 128;
    private const int NoSuchApplet = 127;

    private static async Task<int> Main(string[] args)
    {
        var catalog = new AppletCatalog(TimeProvider.System);
        var name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
        if (catalog.Find(name) is null && args.Length > 0)
        {
            (name, args) = (args[0], args[1..]);
        }

        var applet = name is "testbox" or "help" or "--help" ? new HelpApplet(catalog) : catalog.Find(name);
        if (applet is null)
        {
            Output.Error($"testbox: no applet '{name}'; 'testbox help' lists them");
            return NoSuchApplet;
        }

        return applet.HandlesSignals ? await RunAsync(applet, args, CancellationToken.None) : await RunStoppableAsync(applet, args);
    }

    // The first process of a container gets no signal it has no handler for, so every applet has one.
    private static async Task<int> RunStoppableAsync(Applet applet, string[] args)
    {
        using var stop = new CancellationTokenSource();
        var signal = 0;
        void OnSignal(PosixSignalContext context, int number)
        {
            context.Cancel = true;
            signal = number;
            stop.Cancel();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, 15));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, 2));
        try
        {
            return await RunAsync(applet, args, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return TerminatedBySignal + signal;
        }
    }

    private static async Task<int> RunAsync(Applet applet, string[] args, CancellationToken stopping)
    {
        try
        {
            return await applet.RunAsync(args, stopping);
        }
        catch (UsageException wrong)
        {
            Output.Error($"{applet.Name}: {wrong.Message}\nusage: {applet.Name} {applet.Usage}");
            return 2;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException
            or System.Net.Sockets.SocketException)
        {
            Output.Error($"{applet.Name}: {failure.Message}");
            return 1;
        }
    }
}
