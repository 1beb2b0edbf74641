using System.CommandLine;
using System.CommandLine.Parsing;

namespace MiniKube;

/// <summary>Every command, in the order help lists them. Adding one is one class and one line here.</summary>
internal static class CommandTree
{
    public static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand("Kubernetes in one executable.")
        {
            UpCommand.Create(terminal),
            ServerCommand.Create(terminal),
            AgentCommand.Create(terminal),
            StopCommand.Create(terminal),
            UninstallCommand.Create(terminal),
            StatusCommand.Create(terminal),
            CheckCommand.Create(terminal),
            SnapshotCommand.Create(terminal),
            TokenCommand.Create(terminal),
            CertificateCommand.Create(terminal),
            SecretsEncryptCommand.Create(terminal),
            KubeconfigCommand.Create(terminal),
            ImageCommand.Create(terminal),
            GetCommand.Create(terminal),
            DescribeCommand.Create(terminal),
            ApplyCommand.Create(terminal),
            DeleteCommand.Create(terminal),
            ScaleCommand.Create(terminal),
            RolloutCommand.Create(terminal),
            CordonCommand.CreateCordon(terminal),
            CordonCommand.CreateUncordon(terminal),
            DrainCommand.Create(terminal),
            TaintCommand.Create(terminal),
            LogsCommand.Create(terminal),
            ExecCommand.Create(terminal),
            VersionCommand.Create(terminal),
        };
        // "minikube version" tells it; a flag beside it would be a second way.
        root.Options.Remove(root.Options.Single(option => option is VersionOption));
        return root;
    }

    /// <summary>The words that lead to a command: <c>minikube image load</c>.</summary>
    public static IEnumerable<string> PathOf(CommandResult command)
        => command.Parent is CommandResult parent ? PathOf(parent).Append(command.Command.Name) : ["minikube"];
}
