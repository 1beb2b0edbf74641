using System.CommandLine;

namespace MiniKube;

/// <summary><c>--data-dir</c>: what tells one instance from another.</summary>
internal sealed class DataDirectoryOption
{
    private readonly TextSetting _setting
        = new("data-dir", "DIR", "where the cluster lives (/var/lib/minikube as root, else ~/.local/share/minikube)");

    public Setting Setting => _setting;

    /// <summary>The absolute path; need not exist.</summary>
    public string Read(SettingSources sources) => Path.GetFullPath(_setting.Find(sources)?.Value ?? Default);

    /// <summary>For commands that know no other server setting.</summary>
    public string Read(ParseResult parsed, Terminal terminal)
        => Read(new SettingSources(parsed, terminal.Variable, ConfigFile.Empty));

    /// <summary>True when somebody said which.</summary>
    public bool IsNamed(ParseResult parsed, Terminal terminal)
        => _setting.Find(new SettingSources(parsed, terminal.Variable, ConfigFile.Empty)) is not null;

    private static string Default => Environment.IsPrivilegedProcess
        ? "/var/lib/minikube"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local/share/minikube");
}
