using System.Text.Json;

namespace MiniKube.Cel.Values;

/// <summary>Views of JSON as CEL values; nothing is copied but what is read.</summary>
internal static class JsonValues
{
    public static object? Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new JsonMap(element),
        JsonValueKind.Array => new JsonList(element),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var number) ? (object)number : element.GetDouble(),
        JsonValueKind.True => Boxes.True,
        JsonValueKind.False => Boxes.False,
        _ => null,
    };
}

/// <summary>Wraps its elements once, at the first look: finding one in JSON takes a walk.</summary>
internal sealed class JsonList(JsonElement element) : ICelList
{
    private object?[]? items;

    public int Count { get; } = element.GetArrayLength();

    public object? At(int index) => (items ??= [.. element.EnumerateArray().Select(JsonValues.Of)])[index];
}

/// <summary>Remembers what is dear to read again: long texts, lists and maps; large objects get an index.</summary>
internal sealed class JsonMap(JsonElement element) : ICelMap
{
    private const int LongText = 64;
    private const int ManyProperties = 16;

    private Dictionary<string, object?>? read;
    private Dictionary<string, JsonElement>? index;

    public int Count => ManyPropertiesOrFew()?.Count ?? element.GetPropertyCount();

    public IEnumerable<object> Keys
        => ManyPropertiesOrFew()?.Keys ?? element.EnumerateObject().Select(property => property.Name).Distinct();

    public bool TryGet(object? key, out object? value)
    {
        value = null;
        if (key is not string name)
        {
            return false;
        }

        if (read is not null && read.TryGetValue(name, out value))
        {
            return true;
        }

        JsonElement property;
        if (!(ManyPropertiesOrFew() is { } many ? many.TryGetValue(name, out property) : element.TryGetProperty(name, out property)))
        {
            return false;
        }

        value = JsonValues.Of(property);
        if (value is JsonList or JsonMap or string { Length: > LongText })
        {
            (read ??= [])[name] = value;
        }

        return true;
    }

    private Dictionary<string, JsonElement>? ManyPropertiesOrFew()
    {
        if (index is null && element.GetPropertyCount() > ManyProperties)
        {
            index = [];
            foreach (var property in element.EnumerateObject())
            {
                index[property.Name] = property.Value;
            }
        }

        return index;
    }
}

internal sealed class NativeList(IReadOnlyList<object?> items) : ICelList
{
    public int Count => items.Count;

    public object? At(int index) => items[index];
}

internal sealed class NativeMap(Dictionary<object, object?> entries) : ICelMap
{
    public int Count => entries.Count;

    public IEnumerable<object> Keys => entries.Keys;

    public bool TryGet(object? key, out object? value)
    {
        value = null;
        return Normal(key) is { } normal && entries.TryGetValue(normal, out value);
    }

    /// <summary>Numbers of equal value are one key: unsigned and real ones become signed where they fit.</summary>
    public static object? Normal(object? key) => key switch
    {
        ulong number when number <= long.MaxValue => (long)number,
        double number when number == Math.Floor(number) && Math.Abs(number) < 9.2e18 => (long)number,
        bool or long or ulong or string => key,
        _ => null,
    };
}
