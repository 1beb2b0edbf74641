using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>
/// The YAML file of settings: one key per flag, without its dashes; lists as YAML lists or with commas.
/// </summary>
internal sealed class ConfigFile
{
    public const string DefaultPath = "/etc/minikube/config.yaml";

    private readonly Dictionary<string, SettingText> _settings = [];

    public static ConfigFile Empty { get; } = new();

    /// <exception cref="CommandException">
    /// The file is not there, is not YAML, or has a key that is no setting.
    /// </exception>
    public static ConfigFile Read(string path, IReadOnlyCollection<string> known)
    {
        var file = new ConfigFile();
        foreach (var document in ManifestSource.ParseFile(path))
        {
            file.Add(document, known);
        }

        return file;
    }

    public SettingText? Find(string name) => _settings.TryGetValue(name, out var text) ? text : null;

    private void Add(YamlDocument document, IReadOnlyCollection<string> known)
    {
        var root = document.Root as JsonObject
            ?? throw new CommandException(document.At(document.Root, "expected settings, one 'name: value' a line"));
        foreach (var (name, value) in root)
        {
            if (!known.Contains(name))
            {
                throw new CommandException(
                    document.At(value, $"'{name}' is no setting; expected one of {string.Join(", ", known.Order())}"));
            }

            _settings[name] = new SettingText(document.At(value, name), TextOf(value));
        }
    }

    private static string TextOf(JsonNode? value) => value switch
    {
        null => "",
        JsonArray items => string.Join(',', items.Select(TextOf)),
        _ => value.ToString(),
    };
}
