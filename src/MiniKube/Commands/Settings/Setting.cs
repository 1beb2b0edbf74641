using System.CommandLine;

namespace MiniKube;

/// <summary>
/// One thing that can be said on the command line, in the environment or in the configuration file, all three under the
/// same name: <c>--https-port</c>, <c>MINIKUBE_HTTPS_PORT</c>, <c>https-port:</c>.
/// </summary>
internal abstract class Setting(string name)
{
    public string Name { get; } = name;

    public string EnvironmentVariable { get; } = $"MINIKUBE_{name.Replace('-', '_').ToUpperInvariant()}";

    public abstract Option Option { get; }
}

/// <summary>A setting with a value, null when nobody said anything.</summary>
internal sealed class TextSetting : Setting
{
    private readonly Option<string?> _option;

    public TextSetting(string name, string valueName, string description)
        : base(name)
    {
        _option = new Option<string?>($"--{name}") { Description = description, HelpName = valueName };
    }

    public override Option Option => _option;

    /// <summary>The text and where it was said, for messages; null when it was said nowhere.</summary>
    public SettingText? Find(SettingSources sources)
        => sources.Parsed.GetValue(_option) is { } flag
            ? new SettingText($"--{Name}", flag)
            : sources.FindBelowFlags(this);

    /// <summary>The parsed value, or the default when the setting was not made.</summary>
    /// <exception cref="CommandException">The text is not such a value; names the place it was said.</exception>
    public T Read<T>(SettingSources sources, Func<string, T> parse, T byDefault)
    {
        if (Find(sources) is not { } text)
        {
            return byDefault;
        }

        try
        {
            return parse(text.Value);
        }
        catch (FormatException wrong)
        {
            throw CommandException.Usage($"{text.Origin}: {wrong.Message}");
        }
    }
}

/// <summary>A list: the flag may be repeated, and each value may hold several with commas between them.</summary>
internal sealed class ListSetting : Setting
{
    private readonly Option<string[]> _option;

    public ListSetting(string name, string valueName, string description)
        : base(name)
    {
        _option = new Option<string[]>($"--{name}") { Description = description, HelpName = valueName };
    }

    public override Option Option => _option;

    public IReadOnlyList<string> Read(SettingSources sources)
    {
        string[] said = sources.Parsed.GetResult(_option) is not null
            ? sources.Parsed.GetValue(_option) ?? []
            : [sources.FindBelowFlags(this)?.Value ?? ""];
        return [.. said.SelectMany(static one => one.Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
    }
}

/// <summary>On or off; off unless said.</summary>
internal sealed class SwitchSetting : Setting
{
    private readonly Option<bool> _option;

    public SwitchSetting(string name, string description)
        : base(name)
    {
        _option = new Option<bool>($"--{name}") { Description = description };
    }

    public override Option Option => _option;

    public bool Read(SettingSources sources)
    {
        if (sources.Parsed.GetResult(_option) is { Implicit: false })
        {
            return sources.Parsed.GetValue(_option);
        }

        return sources.FindBelowFlags(this) switch
        {
            null => false,
            { Value: "true" or "1" } => true,
            { Value: "false" or "0" or "" } => false,
            { } other => throw CommandException.Usage($"{other.Origin}: '{other.Value}' is neither true nor false"),
        };
    }
}
