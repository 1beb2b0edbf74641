using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;

namespace MiniKube.ApiServer;

/// <summary>
/// What the models' documentation says of kinds and fields, for the OpenAPI descriptions: packed into this assembly when it was built.
/// Read when descriptions are made, and forgotten when nobody makes any. Thread-safe.
/// </summary>
internal sealed class ModelTexts
{
    private const string ResourceName = "descriptions.zip";

    private static readonly WeakReference<ModelTexts?> Last = new(null);

    private readonly FrozenDictionary<string, string> _texts;

    private ModelTexts(FrozenDictionary<string, string> texts) => _texts = texts;

    /// <summary>The texts, read now if nobody has them.</summary>
    public static ModelTexts Read()
    {
        if (Last.TryGetTarget(out var known))
        {
            return known;
        }

        var texts = new ModelTexts(Load());
        Last.SetTarget(texts);
        return texts;
    }

    /// <summary>What a kind or a part of one is.</summary>
    public string? Find(Type model)
        => _texts.TryGetValue(model.Name, out var text) ? Shaped(text) : model.BaseType is { } known ? Find(known) : null;

    /// <summary>What a field is, by its name in JSON.</summary>
    public string? Find(Type model, string field)
    {
        var property = model.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .FirstOrDefault(one => one.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name == field);
        return property is null ? null : Shaped(_texts.GetValueOrDefault($"{property.DeclaringType!.Name}.{property.Name}"));
    }

    private static FrozenDictionary<string, string> Load()
    {
        using var resource = typeof(ModelTexts).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"{ResourceName} is not part of this build");
        using var archive = new ZipArchive(resource);
        using var lines = new StreamReader(archive.Entries[0].Open(), Encoding.UTF8);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        while (lines.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            texts[line[..tab]] = line[(tab + 1)..];
        }

        return texts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    // The package breaks lines to fit its source; an empty one is a paragraph's end.
    private static string? Shaped(string? packed)
    {
        if (packed is null)
        {
            return null;
        }

        var text = new StringBuilder(packed.Length);
        var ends = false;
        foreach (var line in packed.Split('¶', StringSplitOptions.TrimEntries))
        {
            if (line.Length > 0)
            {
                text.Append(text.Length == 0 ? "" : ends ? "\n\n" : " ").Append(line);
            }

            ends = line.Length == 0;
        }

        return text.Length == 0 ? null : text.ToString();
    }
}
