using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Steps of <see cref="FieldSet"/>: how they are made from values, read back, and shown in messages.</summary>
internal static class FieldStep
{
    private const string Field = "f:";
    private const string Key = "k:";
    private const string Value = "v:";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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

        var text = new StringBuilder(Key, 64).Append('{');
        foreach (var key in keys)
        {
            var value = element.TryGetProperty(key.Name, out var given) && given.ValueKind != JsonValueKind.Null
                ? Canonical(given)
                : key.Default;
            if (value is null)
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
        if (step.StartsWith(Key, StringComparison.Ordinal))
        {
            using var document = JsonDocument.Parse(step.AsMemory(2));
            return $"[{string.Join(",", document.RootElement.EnumerateObject().Select(key => $"{key.Name}={key.Value.GetRawText()}"))}]";
        }

        return step[..2] switch
        {
            Field => $".{step[2..]}",
            Value => $"[={step[2..]}]",
            _ => $"[{step[2..]}]",
        };
    }

    private static string Canonical(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null)
        {
            return value.GetRawText();
        }

        var buffer = new ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
