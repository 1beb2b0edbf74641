using System.Collections.Immutable;
using System.Text.Json;
using k8s;
using k8s.Models;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// What readers derive from a stored object's bytes: labels, and the typed form. Each is made when first asked for and
/// then shared by everyone. Two threads may both make one; one of the two is kept.
/// </summary>
internal sealed class ObjectView(StoredObject stored, ResourceDefinition definition)
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = ImmutableDictionary<string, string>.Empty;

    private IKubernetesObject<V1ObjectMeta>? _item;
    private IReadOnlyDictionary<string, string>? _labels;

    /// <summary>The typed form. Read-only by contract: others hold it too.</summary>
    public IKubernetesObject<V1ObjectMeta> Item => _item ??= definition.Decode(stored.Json.Span);

    /// <summary>The labels, without decoding the rest.</summary>
    public IReadOnlyDictionary<string, string> Labels => _labels ??= ReadLabels(stored.Json.Span);

    private static IReadOnlyDictionary<string, string> ReadLabels(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || !Enter(ref reader, "metadata"u8) || !Enter(ref reader, "labels"u8))
        {
            return NoLabels;
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            labels[key] = reader.GetString() ?? "";
        }

        return labels;
    }

    // From the start of an object to the start of the object that is its property.
    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> property)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(property);
            reader.Read();
            if (found)
            {
                return reader.TokenType == JsonTokenType.StartObject;
            }

            reader.Skip();
        }

        return false;
    }
}
