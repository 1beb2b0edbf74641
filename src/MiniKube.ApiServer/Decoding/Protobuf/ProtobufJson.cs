using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>
/// Writes protobuf messages as the JSON of our models: the table names the fields, the shapes say what they hold. A string or number that
/// is empty or zero is left out where that means nothing, as Kubernetes' own JSON does.
/// </summary>
internal sealed class ProtobufJson(Utf8JsonWriter writer)
{
    private const int DepthMax = 64; // As for JSON bodies.

    private int _depth;

    /// <summary>The fields of a message, into the object that is open.</summary>
    /// <exception cref="FormatException">The bytes are not such a message.</exception>
    public void WriteFields(ReadOnlySpan<byte> bytes, JsonShape shape, string message)
    {
        if (++_depth > DepthMax)
        {
            throw new FormatException($"it is nested deeper than {DepthMax} levels");
        }

        var fields = ProtobufFields.Of(message) ?? throw new FormatException($"the protobuf form of {message} is not known");
        foreach (var (number, values) in ProtobufMessage.Read(bytes).Fields)
        {
            if (fields.TryGetValue(number, out var field))
            {
                WriteField(bytes, shape, field, values);
            }
        }

        _depth--;
    }

    private void WriteField(ReadOnlySpan<byte> bytes, JsonShape shape, ProtobufField field, List<ProtobufValue> values)
    {
        if (field.IsInlined)
        {
            WriteFields(BytesOf(bytes, values[^1]), shape, field.Name);
            return;
        }

        var below = shape.Properties[field.Name].Shape;
        if (below.Kind == ShapeKind.Any || (!field.KeepsZero && below.TakesNull && IsNothing(bytes, values[^1], below)))
        {
            return;
        }

        writer.WritePropertyName(field.Name);
        switch (below.Kind)
        {
            case ShapeKind.List:
                WriteList(bytes, below.Element, values);
                break;
            case ShapeKind.Map:
                WriteMap(bytes, below.Element, values);
                break;
            default:
                WriteValue(bytes, below, values[^1]);
                break;
        }
    }

    // Messages may be empty and still say something: emptyDir: {}. Zero times are empty messages.
    private static bool IsNothing(ReadOnlySpan<byte> bytes, ProtobufValue value, JsonShape shape) => shape.Kind switch
    {
        ShapeKind.Object or ShapeKind.List or ShapeKind.Map or ShapeKind.IntOrString or ShapeKind.Quantity => false,
        ShapeKind.Text or ShapeKind.Bytes or ShapeKind.Time => BytesOf(bytes, value).IsEmpty,
        _ => value.Number == 0,
    };

    private void WriteList(ReadOnlySpan<byte> bytes, JsonShape element, List<ProtobufValue> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            if (value.Bytes is not null && element.Kind is ShapeKind.Int32 or ShapeKind.Int64)
            {
                foreach (var number in ProtobufMessage.Unpack(BytesOf(bytes, value).ToArray()))
                {
                    writer.WriteNumberValue((long)number);
                }
            }
            else
            {
                WriteValue(bytes, element, value);
            }
        }

        writer.WriteEndArray();
    }

    private void WriteMap(ReadOnlySpan<byte> bytes, JsonShape element, List<ProtobufValue> entries)
    {
        writer.WriteStartObject();
        foreach (var entry in entries)
        {
            var content = BytesOf(bytes, entry);
            var message = ProtobufMessage.Read(content);
            writer.WritePropertyName(message.Find(1) is { } key ? TextOf(BytesOf(content, key)) : "");
            WriteValue(content, element, message.Find(2) ?? new ProtobufValue(0, 0..0));
        }

        writer.WriteEndObject();
    }

    private void WriteValue(ReadOnlySpan<byte> bytes, JsonShape shape, ProtobufValue value)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Boolean:
                writer.WriteBooleanValue(value.Number != 0);
                break;
            case ShapeKind.Int32 or ShapeKind.Int64:
                writer.WriteNumberValue((long)value.Number);
                break;
            case ShapeKind.Text:
                writer.WriteStringValue(TextOf(BytesOf(bytes, value)));
                break;
            case ShapeKind.Bytes:
                writer.WriteBase64StringValue(BytesOf(bytes, value));
                break;
            case ShapeKind.Time:
                WriteTime(ProtobufMessage.Read(BytesOf(bytes, value)));
                break;
            case ShapeKind.Quantity:
                WriteQuantity(BytesOf(bytes, value));
                break;
            case ShapeKind.IntOrString:
                WriteIntOrString(BytesOf(bytes, value));
                break;
            default:
                writer.WriteStartObject();
                WriteFields(BytesOf(bytes, value), shape, shape.Type.Name);
                writer.WriteEndObject();
                break;
        }
    }

    private void WriteTime(ProtobufMessage time)
    {
        const long ticksPerNanoUnit = 100;
        var seconds = (long)(time.Find(1)?.Number ?? 0);
        if (seconds is < -62135596800 or > 253402300799)
        {
            throw new FormatException("a time is outside the years 1 to 9999");
        }

        var nanos = (long)(time.Find(2)?.Number ?? 0);
        var moment = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / ticksPerNanoUnit);
        writer.WriteStringValue(moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
    }

    private void WriteQuantity(ReadOnlySpan<byte> bytes)
    {
        var text = ProtobufMessage.Read(bytes).Find(1);
        writer.WriteStringValue(text is { } value ? TextOf(BytesOf(bytes, value)) : "0");
    }

    private void WriteIntOrString(ReadOnlySpan<byte> bytes)
    {
        var message = ProtobufMessage.Read(bytes);
        if (message.Find(1)?.Number is null or 0)
        {
            writer.WriteNumberValue((long)(message.Find(2)?.Number ?? 0));
            return;
        }

        writer.WriteStringValue(message.Find(3) is { } text ? TextOf(BytesOf(bytes, text)) : "");
    }

    private static ReadOnlySpan<byte> BytesOf(ReadOnlySpan<byte> bytes, ProtobufValue value)
        => value.Bytes is { } range ? bytes[range] : throw new FormatException("a number stands where bytes belong");

    private static string TextOf(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
