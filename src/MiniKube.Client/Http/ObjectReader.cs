using System.Text.Json;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>One page of a list as it came over the wire.</summary>
internal sealed record ObjectPage<T>(Revision Revision, string? Continue, List<T> Items);

/// <summary>
/// Reads lists and watch events without a model of their own: the objects within are decoded one by one.
/// </summary>
internal static class ObjectReader
{
    public static T ReadObject<T>(ReadOnlySpan<byte> json)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            var item = ObjectJson.Decode<T>(json);

            // Items of lists may leave out what the list says for all of them.
            item.ApiVersion ??= ObjectType<T>.Gvk.ApiVersion;
            item.Kind ??= ObjectType<T>.Gvk.Kind;
            return item;
        }
        catch (JsonException problem)
        {
            throw Malformed<T>(problem);
        }
    }

    public static ObjectPage<T> ReadPage<T>(ReadOnlySpan<byte> json)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return ReadPageUnguarded<T>(json);
        }
        catch (JsonException problem)
        {
            throw Malformed<T>(problem);
        }
    }

    /// <summary>One line of a watch. An event of type ERROR is thrown as what it reports.</summary>
    public static ObjectEvent<T> ReadEvent<T>(ReadOnlySpan<byte> line)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return ReadEventUnguarded<T>(line);
        }
        catch (JsonException problem)
        {
            throw Malformed<T>(problem);
        }
    }

    private static ObjectPage<T> ReadPageUnguarded<T>(ReadOnlySpan<byte> json)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var reader = new Utf8JsonReader(json);
        var metadata = new V1ListMeta();
        List<T> items = [];
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                metadata = ReadListMeta(ref reader);
            }
            else if (reader.ValueTextEquals("items"u8))
            {
                ReadItems(json, ref reader, items);
            }
            else
            {
                reader.Skip();
            }
        }

        return Revision.TryParse(metadata.ResourceVersion, out var revision)
            ? new ObjectPage<T>(revision, string.IsNullOrEmpty(metadata.ContinueProperty) ? null : metadata.ContinueProperty, items)
            : throw new JsonException("the list has no resourceVersion");
    }

    private static V1ListMeta ReadListMeta(ref Utf8JsonReader reader)
    {
        var metadata = new V1ListMeta();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRevision = reader.ValueTextEquals("resourceVersion"u8);
            var isContinue = reader.ValueTextEquals("continue"u8);
            reader.Read();
            if (isRevision)
            {
                metadata.ResourceVersion = reader.GetString();
            }
            else if (isContinue)
            {
                metadata.ContinueProperty = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return metadata;
    }

    private static void ReadItems<T>(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, List<T> items)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        reader.Read();
        while (reader.TokenType != JsonTokenType.Null && reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            items.Add(ReadObject<T>(Slice(json, ref reader)));
        }
    }

    private static ObjectEvent<T> ReadEventUnguarded<T>(ReadOnlySpan<byte> line)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var reader = new Utf8JsonReader(line);
        string? type = null;
        ReadOnlySpan<byte> item = default;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType)
            {
                type = reader.GetString();
            }
            else if (isObject)
            {
                item = Slice(line, ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return type switch
        {
            "ADDED" => Changed<T>(ObjectEventType.Added, item),
            "MODIFIED" => Changed<T>(ObjectEventType.Modified, item),
            "DELETED" => Changed<T>(ObjectEventType.Deleted, item),
            "BOOKMARK" => Changed<T>(ObjectEventType.Bookmark, item),
            "ERROR" => throw StatusReader.FromWatch(item),
            _ => throw new JsonException($"a watch event of the unknown type '{type}'"),
        };
    }

    private static ObjectEvent<T> Changed<T>(ObjectEventType type, ReadOnlySpan<byte> json)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var item = ReadObject<T>(json);
        return new ObjectEvent<T>(type, item.Revision(), type == ObjectEventType.Bookmark ? null : item);
    }

    /// <summary>
    /// The bytes of the value the reader stands at the start of; the reader moves to the value's end.
    /// </summary>
    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> json, scoped ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static ApiException Malformed<T>(JsonException problem)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => new(StatusReason.InternalError, $"the server sent {ObjectType<T>.Gvr} that cannot be read: {problem.Message}");
}
