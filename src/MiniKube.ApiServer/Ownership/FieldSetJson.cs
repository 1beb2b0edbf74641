using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>Field sets as <c>fieldsV1</c>, and what can be told from those bytes without making a set of them.</summary>
internal static class FieldSetJson
{
    /// <exception cref="JsonException">The bytes are no <c>fieldsV1</c>.</exception>
    public static FieldSet Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var set = new FieldSet();
        ReadInto(set, ref reader);
        return set;
    }

    public static byte[] Write(FieldSet set) => OwnersWriter.Write(set, Write);

    /// <summary>How many members of the set are also in <c>fieldsV1</c>. Reads only what lies on the set's paths.</summary>
    public static int CountCommon(ReadOnlySpan<byte> json, FieldSet set)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return CountCommon(ref reader, set);
    }

    public static void Write(Utf8JsonWriter writer, FieldSet set)
    {
        writer.WriteStartObject();
        if (set.IsMember && set.Children.Count > 0)
        {
            writer.WriteStartObject("."u8);
            writer.WriteEndObject();
        }

        foreach (var child in set.Children)
        {
            writer.WritePropertyName(child.Step);
            Write(writer, child);
        }

        writer.WriteEndObject();
    }

    private static void ReadInto(FieldSet set, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("fieldsV1 is made of objects");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var step = reader.GetString()!;
            reader.Read();
            if (step == ".")
            {
                set.IsMember = true;
                reader.Skip();
                continue;
            }

            var child = set.Below(Checked(step));
            ReadInto(child, ref reader);
            child.IsMember |= child.Children.Count == 0;
        }
    }

    private static string Checked(string step)
        => step is ['f' or 'k' or 'v' or 'i', ':', ..]
            ? FieldStep.Normal(step)
            : throw new JsonException($"\"{step}\" is no path element of fieldsV1");

    // Stands on the start of an object, leaves on its end.
    private static int CountCommon(ref Utf8JsonReader reader, FieldSet set)
    {
        var (count, isLeaf) = (0, true);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("."u8))
            {
                count += set.IsMember ? 1 : 0;
                reader.Skip();
            }
            else if (Find(ref reader, set) is { } child)
            {
                reader.Read();
                count += CountCommon(ref reader, child);
            }
            else
            {
                reader.Skip();
            }

            isLeaf = false;
        }

        return isLeaf && set.IsMember ? 1 : count;
    }

    private static FieldSet? Find(ref Utf8JsonReader reader, FieldSet set)
    {
        const int comparedMax = 4;
        if (set.Children.Count > comparedMax)
        {
            return set.Find(reader.GetString()!);
        }

        foreach (var child in set.Children)
        {
            if (reader.ValueTextEquals(child.Step))
            {
                return child;
            }
        }

        return null;
    }
}
