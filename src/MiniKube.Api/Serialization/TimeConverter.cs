using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MiniKube.Api;

/// <summary>RFC 3339 in UTC, with the fraction the format asks for; reads any RFC 3339 offset and fraction.</summary>
internal sealed class TimeConverter(string format) : JsonConverter<DateTime>
{
    private const string MicroFormat = "yyyy-MM-dd'T'HH:mm:ss'.'ffffff'Z'";

    /// <summary>For nullable <c>MicroTime</c> fields: six digits, which Go clients insist on.</summary>
    public static JsonConverter<DateTime?> Micro { get; } = new Nullable(MicroFormat);

    /// <summary>For <c>MicroTime</c> fields that are always there.</summary>
    public static JsonConverter<DateTime> RequiredMicro { get; } = new TimeConverter(MicroFormat);

    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Read(ref reader);

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options)
        => Write(writer, value, format);

    private static DateTime Read(ref Utf8JsonReader reader)
    {
        var parsed = DateTimeOffset.TryParse(
            reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        return parsed ? time.UtcDateTime : throw new JsonException("expected a time in RFC 3339 form");
    }

    private static void Write(Utf8JsonWriter writer, DateTime value, string format)
    {
        Span<char> text = stackalloc char[32];
        value.ToUniversalTime().TryFormat(text, out var length, format, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }

    private sealed class Nullable(string format) : JsonConverter<DateTime?>
    {
        public override DateTime? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => reader.TokenType == JsonTokenType.Null ? null : TimeConverter.Read(ref reader);

        public override void Write(Utf8JsonWriter writer, DateTime? value, JsonSerializerOptions options)
        {
            if (value is null)
            {
                writer.WriteNullValue();
                return;
            }

            TimeConverter.Write(writer, value.Value, format);
        }
    }
}
