using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace MiniKube;

/// <summary>
/// <c>minikube agent</c>: joins this machine to a cluster and runs pods in the foreground. SIGTERM ends it and leaves the pods
/// running for the next start.
/// </summary>
internal static class AgentCommand
{
    public static Command Create(Terminal terminal)
    {
        var flags = new AgentFlags();
        var command = new Command("agent", "Joins this machine to a cluster as a node; pods outlive it.");
        flags.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(flags.Read(parsed, terminal), terminal, cancellationToken));
        return command;
    }

    private static async Task RunAsync(AgentSettings settings, Terminal terminal, CancellationToken cancellationToken)
    {
        using var log = new ConsoleLog(
            terminal.Error, settings.LogLevel ?? LogLevel.Information, settings.LogJson, terminal.Time);
        await using var host = await AgentHost.StartAsync(settings, log, terminal.Time, cancellationToken);
        try
        {
            await host.RunAsync(cancellationToken);
            await host.TearDownAsync(CancellationToken.None); // Somebody said 'minikube stop'.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to end: what is below stops in order, and pods stay.
        }
    }
}
