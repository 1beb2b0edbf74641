using System.Globalization;
using System.Text.Json.Nodes;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>
/// JSON as expressions see it: numbers, times, durations and bytes by what the schema says of them.
/// https://kubernetes.io/docs/reference/using-api/cel/#type-system-integration
/// </summary>
internal static class CelViews
{
    public static object? Of(JsonNode? value, StructuralSchema? schema) => value switch
    {
        null => null,
        JsonObject fields => new CelFields(fields, schema),
        JsonArray items => new CelItems(items, schema?.Items),
        JsonValue single => Scalar(single, schema),
        _ => null,
    };

    private static object? Scalar(JsonValue value, StructuralSchema? schema)
    {
        if (value.TryGetValue<string>(out var text))
        {
            return Text(text, schema?.Format ?? "");
        }

        if (value.TryGetValue<bool>(out var flag))
        {
            return flag;
        }

        if (value.TryGetValue<long>(out var whole))
        {
            return schema?.Type == "number" ? (double)whole : whole;
        }

        var real = value.GetValue<double>();
        return schema?.Type == "integer" && Math.Abs(real) < 9.2e18 ? (long)real : real;
    }

    private static object Text(string text, string format)
    {
        switch (format)
        {
            case "date-time" or "date":
                return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                    ? time : text;
            case "duration":
                return CelDurations.TryParse(text, out var duration) ? duration : text;
            case "byte":
                var buffer = new byte[text.Length];
                return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : text;
            default:
                return text;
        }
    }
}

/// <summary>An object, a view: what is read is kept, so that it costs once.</summary>
internal sealed class CelFields(JsonObject fields, StructuralSchema? schema) : ICelMap
{
    private Dictionary<string, object?>? _read;

    public int Count => fields.Count;

    public IEnumerable<object> Keys => fields.Select(static one => one.Key);

    public bool TryGet(object? key, out object? value)
    {
        value = null;
        if (key is not string name || !fields.TryGetPropertyValue(name, out var node))
        {
            return false;
        }

        if (_read?.TryGetValue(name, out value) == true)
        {
            return true;
        }

        value = CelViews.Of(node, schema?.Field(name));
        (_read ??= [])[name] = value;
        return true;
    }
}

/// <summary>A list, a view.</summary>
internal sealed class CelItems(JsonArray items, StructuralSchema? element) : ICelList
{
    private readonly object?[] _read = new object?[items.Count];

    public int Count => items.Count;

    public object? At(int index) => _read[index] ??= CelViews.Of(items[index], element);
}
