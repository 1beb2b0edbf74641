using System.Globalization;
using System.Text.Json.Nodes;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>Values of expressions as JSON.</summary>
internal static class CelJson
{
    // Deeper than any object of the API; what an expression builds is bounded by its cost besides.
    private const int DepthMax = 100;

    /// <exception cref="PolicyProblemException">The value has no JSON.</exception>
    public static JsonNode? Of(object? value, int depth = 0) => value switch
    {
        _ when depth > DepthMax => throw new PolicyProblemException($"a value is nested more than {DepthMax} levels deep"),
        null => null,
        bool flag => JsonValue.Create(flag),
        long number => JsonValue.Create(number),
        ulong number when number <= long.MaxValue => JsonValue.Create((long)number),
        double number when double.IsFinite(number) => JsonValue.Create(number),
        string text => JsonValue.Create(text),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        DateTimeOffset time => JsonValue.Create(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture)),
        CelOptional { HasValue: true } some => Of(some.Value, depth),
        ICelList list => new JsonArray([.. Enumerable.Range(0, list.Count).Select(index => Of(list.At(index), depth + 1))]),
        ICelMap map => Fields(map, depth + 1),
        _ => throw new PolicyProblemException($"a value of type {value.GetType().Name} cannot be part of an object"),
    };

    private static JsonObject Fields(ICelMap map, int depth)
    {
        var fields = new JsonObject();
        foreach (var key in map.Keys)
        {
            var name = key as string ?? throw new PolicyProblemException("keys of maps in an object must be strings");
            map.TryGet(key, out var value);
            fields[name] = Of(value, depth);
        }

        return fields;
    }
}
