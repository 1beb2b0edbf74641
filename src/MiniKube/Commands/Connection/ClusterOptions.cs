using System.CommandLine;

namespace MiniKube;

/// <summary>The options of every command that talks to a running cluster.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string?> _kubeconfig = new("--kubeconfig")
    {
        Description = "kubeconfig of the cluster (KUBECONFIG, else the one in the data directory)",
        HelpName = "FILE",
    };

    private readonly Option<string?> _context = new("--context") { Description = "context of the kubeconfig", HelpName = "NAME" };

    private readonly Option<string?> _namespace = new("--namespace", "-n") { Description = "namespace", HelpName = "NAME" };

    private readonly DataDirectoryOption _data = new();

    public void AddTo(Command command)
    {
        command.Add(_namespace);
        command.Add(_kubeconfig);
        command.Add(_context);
        command.Add(_data.Setting.Option);
    }

    /// <exception cref="CommandException">There is no kubeconfig, or it cannot be used.</exception>
    public ApiConnection Connect(ParseResult parsed, Terminal terminal)
    {
        var file = KubeconfigReader.Read(FileOf(parsed, terminal), parsed.GetValue(_context));
        var access = parsed.GetValue(_namespace) is { Length: > 0 } named ? file with { Namespace = named } : file;
        return new ApiConnection(access);
    }

    /// <summary>True when the command line names a namespace, which manifests must then agree with.</summary>
    public bool NamesNamespace(ParseResult parsed) => parsed.GetValue(_namespace) is { Length: > 0 };

    /// <summary>
    /// The data directory of an instance on this machine: the one that was named, else the one that the named kubeconfig lies in, else
    /// the usual one. Null when a kubeconfig was named that lies elsewhere.
    /// </summary>
    public string? FindDataDirectory(ParseResult parsed, Terminal terminal)
    {
        if (_data.IsNamed(parsed, terminal))
        {
            return _data.Read(parsed, terminal);
        }

        if ((parsed.GetValue(_kubeconfig) ?? terminal.Variable("KUBECONFIG")) is not { Length: > 0 } kubeconfig)
        {
            return _data.Read(parsed, terminal);
        }

        var beside = Path.GetDirectoryName(Path.GetFullPath(kubeconfig))!;
        return File.Exists(ControlSocket.PathIn(beside)) ? beside : null;
    }

    private string FileOf(ParseResult parsed, Terminal terminal)
    {
        var named = parsed.GetValue(_kubeconfig) ?? terminal.Variable("KUBECONFIG");
        if (named is { Length: > 0 })
        {
            return File.Exists(named) ? named : throw new CommandException($"the kubeconfig {named} does not exist");
        }

        var own = DataDirectory.KubeconfigIn(_data.Read(parsed, terminal));
        return File.Exists(own)
            ? own
            : throw new CommandException(
                $"there is no cluster to talk to: {own} does not exist; start one with 'minikube up', or name one with --kubeconfig");
    }
}
