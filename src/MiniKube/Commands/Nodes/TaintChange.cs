using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>What one word of <c>taint</c> asks for: <c>key=value:Effect</c>, <c>key:Effect-</c> or <c>key-</c>.</summary>
/// <param name="Key">The taint's key.</param>
/// <param name="Value">Its value; null when the word names none.</param>
/// <param name="Effect">Its effect; null removes the key with every effect.</param>
/// <param name="Removes">True for words that end with a minus.</param>
internal sealed record TaintChange(string Key, string? Value, string? Effect, bool Removes)
{
    private static readonly string[] Effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

    private string Subject => Effect is null ? Key : $"{Key}:{Effect}";

    /// <exception cref="CommandException">The word is of none of the forms.</exception>
    public static TaintChange Parse(string word)
    {
        var removes = word.EndsWith('-');
        var text = removes ? word[..^1] : word;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (subject, effect) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        var equals = subject.IndexOf('=', StringComparison.Ordinal);
        var (key, value) = equals < 0 ? (subject, null) : (subject[..equals], subject[(equals + 1)..]);
        if (key.Length == 0 || (effect is null && !removes) || (effect is not null && !Effects.Contains(effect)))
        {
            throw CommandException.Usage($"error: invalid taint spec: {word}; say KEY=VALUE:EFFECT, KEY:EFFECT- or KEY-, "
                + $"with an effect of {string.Join(", ", Effects)}");
        }

        return new TaintChange(key, value, effect, removes);
    }

    /// <summary>The node's taints after all changes. Pure.</summary>
    /// <exception cref="CommandException">A taint to be removed is not there, or one to be added is and may not be replaced.</exception>
    public static JsonArray Apply(string node, IReadOnlyList<JsonObject> present, IReadOnlyList<TaintChange> changes, bool overwrite)
    {
        var taken = changes.Where(static one => !one.Removes)
            .Where(change => present.Any(taint => change.IsAbout(taint) && !changes.Any(one => one.Removes && one.IsAbout(taint))))
            .Select(static change => change.Key).Distinct().ToList();
        if (taken.Count > 0 && !overwrite)
        {
            throw new CommandException(
                $"error: node {node} already has {string.Join(",", taken)} taint(s) with same effect(s) and --overwrite is false");
        }

        if (changes.FirstOrDefault(one => one.Removes && !present.Any(one.IsAbout)) is { } missing)
        {
            throw new CommandException($"error: taint \"{missing.Subject}\" not found");
        }

        var kept = present.Where(taint => !changes.Any(one => one.IsAbout(taint))).Select(static taint => taint.DeepClone());
        return [.. kept, .. changes.Where(static one => !one.Removes).Select(static one => one.ToJson())];
    }

    private bool IsAbout(JsonObject taint) => taint.Text("key") == Key && (Effect is null || taint.Text("effect") == Effect);

    private JsonObject ToJson()
    {
        var taint = new JsonObject { ["key"] = Key, ["effect"] = Effect };
        if (Value is { Length: > 0 })
        {
            taint["value"] = Value;
        }

        return taint;
    }
}
