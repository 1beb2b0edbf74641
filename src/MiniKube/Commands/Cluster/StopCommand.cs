using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube stop</c>: ends the server and the pods, takes the network down, keeps the data.</summary>
internal static class StopCommand
{
    public static Command Create(Terminal terminal)
    {
        var data = new DataDirectoryOption();
        var command = new Command("stop", "Ends the cluster and its pods, and keeps the data.") { data.Setting.Option };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var root = data.Read(parsed, terminal);
            if (!Directory.Exists(root))
            {
                throw new CommandException($"there is no cluster in {root}; name its directory with --data-dir");
            }

            await new StopRun(root, terminal).RunAsync(cancellationToken);
            await terminal.Output.WriteLineAsync($"Stopped. The data is kept in {root}.");
        });
        return command;
    }
}
