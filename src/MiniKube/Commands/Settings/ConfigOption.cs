using System.CommandLine;

namespace MiniKube;

/// <summary><c>--config</c>: the file of settings, and with it all places settings come from.</summary>
internal sealed class ConfigOption
{
    public Option<string?> Option { get; } = new("--config")
    {
        Description = $"YAML file of settings; {ConfigFile.DefaultPath} when it exists",
        HelpName = "FILE",
    };

    /// <exception cref="CommandException">The file cannot be read, or has a key that is none of the known settings.</exception>
    public SettingSources Read(ParseResult parsed, Terminal terminal, IEnumerable<Setting> known)
    {
        var named = parsed.GetValue(Option) ?? terminal.Variable("MINIKUBE_CONFIG");
        var file = named is null && !File.Exists(ConfigFile.DefaultPath)
            ? ConfigFile.Empty
            : ConfigFile.Read(named ?? ConfigFile.DefaultPath, [.. known.Select(static setting => setting.Name)]);
        return new SettingSources(parsed, terminal.Variable, file);
    }
}
