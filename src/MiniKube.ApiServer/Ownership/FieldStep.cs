using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Steps of <see cref="FieldSet"/>: how they are made from values, read back, and shown in messages.</summary>
internal static class FieldStep
{
    private const string Field = "f:";
    private const string Key = "k:";
    private const string Value = "v:";

    public static string OfField(string name) => Field + name;

    /// <summary>The step of a plain value of a set.</summary>
    public static string OfValue(JsonElement value) => Value + Canonical(value);

    /// <summary>The step of an element by its keys, or null when it is no object or lacks one that has no default.</summary>
    public static string? OfElement(JsonElement element, ImmutableArray<ListKey> keys)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (keys is [var only])
        {
            return ValueOf(element, only) is { } one ? $"k:{{\"{only.Name}\":{one}}}" : null;
        }

        var text = new StringBuilder(Key, 64).Append('{');
        foreach (var key in keys)
        {
            if (ValueOf(element, key) is not { } value)
            {
                return null;
            }

            text.Append(text.Length > 3 ? "," : "").Append('"').Append(key.Name).Append("\":").Append(value);
        }

        return text.Append('}').ToString();
    }

    /// <summary>
    /// The step in the one spelling we have of it: clients in Go escape other characters than we do, and may order keys differently.
    /// </summary>
    public static string Normal(string step)
    {
        if (!step.Contains('\\', StringComparison.Ordinal) && !step.StartsWith("k:{ ", StringComparison.Ordinal))
        {
            return step;
        }

        if (!step.StartsWith(Key, StringComparison.Ordinal) && !step.StartsWith(Value, StringComparison.Ordinal))
        {
            return step;
        }

        using var document = JsonDocument.Parse(step.AsMemory(2));
        return step[..2] + Canonical(document.RootElement);
    }

    /// <summary>The step in a message: <c>.image</c>, <c>[name="a",protocol="TCP"]</c>, <c>[="x"]</c>, <c>[0]</c>.</summary>
    public static string Text(string step)
    {
        if (step.StartsWith(Key, StringComparison.Ordinal) && KeysOf(step) is { } keys)
        {
            return $"[{string.Join(",", keys.Select(key => $"{key.Key}={key.Value?.ToJsonString() ?? "null"}"))}]";
        }

        return step[..2] switch
        {
            Field => $".{step[2..]}",
            Value => $"[={step[2..]}]",
            _ => $"[{step[2..]}]",
        };
    }

    // Clients may have put anything behind the prefix.
    private static JsonObject? KeysOf(string step)
    {
        try
        {
            return JsonNode.Parse(step[2..]) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? ValueOf(JsonElement element, ListKey key)
        => element.TryGetProperty(key.Name, out var given) && given.ValueKind != JsonValueKind.Null ? Canonical(given) : key.Default;

    private static string Canonical(JsonElement value)
    {
        // Plain ASCII has one spelling only if nothing in it is escaped.
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var isPlain = value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)
            && Ascii.IsValid(raw) && !raw.Contains((byte)'\\');
        return isPlain
            ? Encoding.ASCII.GetString(raw)
            : Encoding.UTF8.GetString(OwnersWriter.Write(value, static (writer, one) => one.WriteTo(writer)));
    }
}
