using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>
/// Passes over <c>metadata.managedFields</c>. The API server reads and writes that list in the bytes of an object; typed objects never have
/// it, so writing one back leaves it alone.
/// </summary>
internal sealed class OwnersConverter : JsonConverter<IList<V1ManagedFieldsEntry>>
{
    public override IList<V1ManagedFieldsEntry>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // The serializer has buffered the whole value; Skip would want the whole body.
        reader.TrySkip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, IList<V1ManagedFieldsEntry> value, JsonSerializerOptions options)
        => throw new NotSupportedException("owners are written by the API server only");
}
