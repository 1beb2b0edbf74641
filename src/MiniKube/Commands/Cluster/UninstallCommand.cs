using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube uninstall</c>: stop, and remove the data too.</summary>
internal static class UninstallCommand
{
    public static Command Create(Terminal terminal)
    {
        var data = new DataDirectoryOption();
        var command = new Command("uninstall", "Ends the cluster and removes its data.") { data.Setting.Option };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var root = data.Read(parsed, terminal);
            if (!Directory.Exists(root))
            {
                await terminal.Output.WriteLineAsync($"There is nothing in {root}.");
                return;
            }

            // Whatever else somebody named by mistake is not ours to delete.
            if (Directory.EnumerateFileSystemEntries(root).Any() && !NodeTeardown.IsInstance(root))
            {
                throw new CommandException($"{root} holds no cluster; nothing was removed");
            }

            var node = AgentState.Find(root)?.NodeName;
            await new StopRun(root, terminal).RunAsync(cancellationToken);
            Directory.Delete(root, recursive: true);
            await terminal.Output.WriteLineAsync($"Removed {root}.");
            if (node is not null)
            {
                await terminal.Output.WriteLineAsync(
                    $"The cluster still lists the node; 'kubectl delete node {node}' forgets it and frees its name.");
            }
        });
        return command;
    }
}
