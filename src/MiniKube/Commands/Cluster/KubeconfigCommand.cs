using System.CommandLine;

namespace MiniKube;

/// <summary><c>minikube kubeconfig</c>: prints the admin's kubeconfig.</summary>
internal static class KubeconfigCommand
{
    public static Command Create(Terminal terminal)
    {
        var data = new DataDirectoryOption();
        var command = new Command("kubeconfig", "Prints an admin kubeconfig of the cluster.") { data.Setting.Option };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var root = data.Read(parsed, terminal);
            var path = DataDirectory.KubeconfigIn(root);
            if (!File.Exists(path))
            {
                throw new CommandException(
                    $"there is no cluster in {root}; start one with 'minikube up', or name its directory with --data-dir");
            }

            await terminal.Output.WriteAsync(await File.ReadAllTextAsync(path, cancellationToken));
        });
        return command;
    }
}
