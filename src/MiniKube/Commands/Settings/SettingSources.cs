using System.CommandLine;

namespace MiniKube;

/// <summary>Where settings come from, strongest first: flags, environment, configuration file.</summary>
internal sealed class SettingSources(ParseResult parsed, Func<string, string?> variable, ConfigFile file)
{
    public ParseResult Parsed { get; } = parsed;

    public SettingText? FindBelowFlags(Setting setting)
        => variable(setting.EnvironmentVariable) is { Length: > 0 } value
            ? new SettingText(setting.EnvironmentVariable, value)
            : file.Find(setting.Name);
}
