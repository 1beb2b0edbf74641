using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniKube.ApiServer;

/// <summary>
/// A path into JSON as printer columns have: <c>.spec.ports[0].port</c>, <c>.status.conditions[?(@.type=="Ready")].status</c>,
/// <c>.items[*].name</c>, <c>['with.dots']</c> and <c>.with\.dots</c>. Immutable.
/// https://kubernetes.io/docs/reference/kubectl/jsonpath/
/// </summary>
internal sealed class JsonPath
{
    private readonly ImmutableArray<JsonPathStep> _steps;

    private JsonPath(ImmutableArray<JsonPathStep> steps) => _steps = steps;

    /// <summary>The names of the path when it is made of names only; null otherwise.</summary>
    public ImmutableArray<string>? Names
        => _steps.All(static step => step is NameStep) ? [.. _steps.Select(static step => ((NameStep)step).Name)] : null;

    /// <summary>The first name, which says where to begin.</summary>
    public string First => _steps is [NameStep first, ..] ? first.Name : "";

    public static bool TryParse(string text, out JsonPath path)
    {
        var steps = new JsonPathParser(text).Parse();
        path = new JsonPath(steps ?? []);
        return steps is not null;
    }

    /// <summary>Everything the path leads to, in order.</summary>
    public IEnumerable<JsonNode?> Select(JsonNode? root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (var step in _steps)
        {
            found = found.SelectMany(step.Select);
        }

        return found;
    }
}

/// <summary>One step of a path.</summary>
internal abstract record JsonPathStep
{
    public abstract IEnumerable<JsonNode?> Select(JsonNode? from);
}

/// <summary>A field by its name.</summary>
internal sealed record NameStep(string Name) : JsonPathStep
{
    public override IEnumerable<JsonNode?> Select(JsonNode? from)
        => from is JsonObject fields && fields.TryGetPropertyValue(Name, out var value) ? [value] : [];
}

/// <summary>An element by its place; negative ones count from the end.</summary>
internal sealed record IndexStep(int Index) : JsonPathStep
{
    public override IEnumerable<JsonNode?> Select(JsonNode? from)
    {
        if (from is not JsonArray items)
        {
            return [];
        }

        var at = Index < 0 ? items.Count + Index : Index;
        return at >= 0 && at < items.Count ? [items[at]] : [];
    }
}

/// <summary>All elements, or the values of all fields.</summary>
internal sealed record EveryStep : JsonPathStep
{
    public override IEnumerable<JsonNode?> Select(JsonNode? from) => from switch
    {
        JsonArray items => items,
        JsonObject fields => fields.Select(static field => field.Value),
        _ => [],
    };
}

/// <summary>The elements for which a comparison holds; without one, those that have the field.</summary>
internal sealed record FilterStep(JsonPath Left, string Comparison, JsonNode? Right) : JsonPathStep
{
    public override IEnumerable<JsonNode?> Select(JsonNode? from)
        => from is JsonArray items ? items.Where(item => Left.Select(item).Any(Holds)) : [];

    private bool Holds(JsonNode? value)
    {
        if (Comparison is "" or "==" or "!=")
        {
            return Comparison.Length == 0 || JsonNode.DeepEquals(value, Right) == (Comparison == "==");
        }

        var order = JsonKinds.NumberOf(value) is { } left && JsonKinds.NumberOf(Right) is { } right
            ? left.CompareTo(right)
            : string.CompareOrdinal(JsonKinds.TextOf(value), JsonKinds.TextOf(Right));
        return Comparison switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    /// <summary>A literal of a filter, or null with <paramref name="known"/> false.</summary>
    public static JsonNode? Literal(string text, out bool known)
    {
        known = true;
        if (text.Length > 1 && text[0] is '"' or '\'' && text[^1] == text[0])
        {
            return JsonValue.Create(text[1..^1]);
        }

        if (text is "true" or "false")
        {
            return JsonValue.Create(text == "true");
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return JsonValue.Create(whole);
        }

        known = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real);
        return known ? JsonValue.Create(real) : null;
    }
}
