using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>
/// Puts an applied configuration into the present object: what the configuration says counts, what it does not name stays, and what its
/// applier used to own, names no more and nobody else owns goes. Pure.
/// </summary>
internal sealed class ApplyMerge : IDisposable
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Utf8JsonWriter _writer;

    private ApplyMerge()
    {
        _writer = new Utf8JsonWriter(_output, Relaxed);
    }

    /// <param name="live">The present object.</param>
    /// <param name="configuration">What is applied.</param>
    /// <param name="schema">The kind's.</param>
    /// <param name="last">What the applier owned before.</param>
    /// <param name="kept">What anybody owns from now on, the applier included.</param>
    public static byte[] Merge(JsonElement live, JsonElement configuration, MergeSchema schema, FieldSet last, FieldSet kept)
    {
        using var merge = new ApplyMerge();
        merge.Write(live, configuration, schema, last, kept);
        merge._writer.Flush();
        return merge._output.WrittenSpan.ToArray();
    }

    public void Dispose() => _writer.Dispose();

    private void Write(JsonElement live, JsonElement applied, MergeSchema schema, FieldSet? last, FieldSet? kept)
    {
        if (FieldParts.IsWhole(live, schema) || FieldParts.IsWhole(applied, schema))
        {
            applied.WriteTo(_writer);
        }
        else if (applied.ValueKind == JsonValueKind.Object)
        {
            WriteObject(live, applied, schema, last, kept);
        }
        else
        {
            WriteList(live, applied, schema, last, kept);
        }
    }

    private void WriteObject(JsonElement live, JsonElement applied, MergeSchema schema, FieldSet? last, FieldSet? kept)
    {
        var names = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in applied.EnumerateObject())
        {
            names[property.Name] = property.Value;
        }

        _writer.WriteStartObject();
        foreach (var property in live.EnumerateObject())
        {
            var part = FieldParts.OfProperty(property, schema);
            if (names.Remove(property.Name, out var value))
            {
                _writer.WritePropertyName(property.Name);
                Write(property.Value, value, part.Schema, last?.Find(part.Step), kept?.Find(part.Step));
            }
            else if (!Goes(part, last, kept))
            {
                _writer.WritePropertyName(property.Name);
                WriteLive(part, last, kept);
            }
        }

        foreach (var (name, value) in names)
        {
            _writer.WritePropertyName(name);
            value.WriteTo(_writer);
        }

        _writer.WriteEndObject();
    }

    /// <summary>
    /// The configuration's elements come in its order. What only the object has keeps its place before the element that follows it there;
    /// what is new comes right before the next element that both have.
    /// </summary>
    private void WriteList(JsonElement live, JsonElement applied, MergeSchema schema, FieldSet? last, FieldSet? kept)
    {
        var present = FieldParts.Of(live, schema).ToList();
        var byStep = new Dictionary<string, FieldPart>(StringComparer.Ordinal);
        foreach (var part in present)
        {
            byStep.TryAdd(part.Step, part);
        }

        var wanted = FieldParts.Of(applied, schema).ToList();
        var named = wanted.Select(part => part.Step).ToHashSet(StringComparer.Ordinal);
        var next = 0;
        _writer.WriteStartArray();
        foreach (var part in present)
        {
            if (!named.Contains(part.Step))
            {
                if (!Goes(part, last, kept))
                {
                    WriteLive(part, last, kept);
                }

                continue;
            }

            // Elements that both have, in another order: the one whose turn it is leads the others.
            if (Shared(wanted, next, byStep) is not { } turn || wanted[turn].Step != part.Step)
            {
                continue;
            }

            for (; next <= turn; next++)
            {
                WriteElement(wanted[next], byStep, last, kept);
            }
        }

        for (; next < wanted.Count; next++)
        {
            WriteElement(wanted[next], byStep, last, kept);
        }

        _writer.WriteEndArray();
    }

    private void WriteElement(in FieldPart wanted, Dictionary<string, FieldPart> byStep, FieldSet? last, FieldSet? kept)
    {
        if (byStep.TryGetValue(wanted.Step, out var present))
        {
            Write(present.Value, wanted.Value, wanted.Schema, last?.Find(wanted.Step), kept?.Find(wanted.Step));
        }
        else
        {
            wanted.Value.WriteTo(_writer);
        }
    }

    private static int? Shared(List<FieldPart> wanted, int from, Dictionary<string, FieldPart> byStep)
    {
        var index = wanted.FindIndex(from, part => byStep.ContainsKey(part.Step));
        return index < 0 ? null : index;
    }

    // What the configuration does not name, without what goes below it.
    private void WriteLive(in FieldPart part, FieldSet? last, FieldSet? kept)
    {
        var lastBelow = last?.Find(part.Step);
        if (lastBelow is not { Children.Count: > 0 } || FieldParts.IsWhole(part.Value, part.Schema))
        {
            part.Value.WriteTo(_writer);
            return;
        }

        var keptBelow = kept?.Find(part.Step);
        var isObject = part.Value.ValueKind == JsonValueKind.Object;
        WriteStart(isObject);
        if (isObject)
        {
            foreach (var property in part.Value.EnumerateObject())
            {
                var below = FieldParts.OfProperty(property, part.Schema);
                if (!Goes(below, lastBelow, keptBelow))
                {
                    _writer.WritePropertyName(property.Name);
                    WriteLive(below, lastBelow, keptBelow);
                }
            }
        }
        else
        {
            foreach (var below in FieldParts.Of(part.Value, part.Schema).Where(below => !Goes(below, lastBelow, keptBelow)))
            {
                WriteLive(below, lastBelow, keptBelow);
            }
        }

        WriteEnd(isObject);
    }

    // A declared field counts as owned by who owns something in it.
    private static bool Goes(in FieldPart part, FieldSet? last, FieldSet? kept)
        => last?.Find(part.Step) is { } owned
            && (owned.IsMember || part.IsDeclared)
            && kept?.Find(part.Step) is null;

    private void WriteStart(bool isObject)
    {
        if (isObject)
        {
            _writer.WriteStartObject();
        }
        else
        {
            _writer.WriteStartArray();
        }
    }

    private void WriteEnd(bool isObject)
    {
        if (isObject)
        {
            _writer.WriteEndObject();
        }
        else
        {
            _writer.WriteEndArray();
        }
    }
}
