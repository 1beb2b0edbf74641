using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>
/// The one way objects become JSON and back: Kubernetes' spellings of times (seconds, or microseconds for
/// <c>MicroTime</c> fields), empty maps and lists left out as Go's <c>omitempty</c> does, source-generated. Thread-safe.
/// </summary>
public static class ObjectJson
{
    /// <summary>Options every (de)serialization of an API object uses. Read-only.</summary>
    public static JsonSerializerOptions Options { get; } = MakeOptions();

    /// <summary>The generated contract of a type listed in the context; throws for any other type.</summary>
    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>Canonical UTF-8 bytes: no indentation, no nulls.</summary>
    public static byte[] Encode<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo<T>());

    /// <summary>Reads bytes this system wrote; unknown fields are dropped.</summary>
    /// <exception cref="JsonException">The bytes are not such an object.</exception>
    public static T Decode<T>(ReadOnlySpan<byte> utf8)
        => JsonSerializer.Deserialize(utf8, TypeInfo<T>()) ?? throw new JsonException("null is not an object");

    /// <summary>A deep copy, for whoever wants to change an object that others read.</summary>
    public static T Copy<T>(T value) => Decode<T>(Encode(value));

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // Objects are never put into HTML; '+' and non-ASCII text stay readable, as Kubernetes writes them.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = KubernetesJsonContext.Default.WithAddedModifier(LeaveOutEmpty).WithAddedModifier(UseMicroTime)
                .WithAddedModifier(SkipOwners),
        };
        options.Converters.Add(new TimeConverter("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        options.Converters.Add(new QuantityConverter());
        options.MakeReadOnly();
        return options;
    }

    private static void LeaveOutEmpty(JsonTypeInfo type)
    {
        // A convenience of the model, not a field of the API.
        foreach (var convenience in type.Properties.Where(one => one.Name == "HasObject").ToList())
        {
            type.Properties.Remove(convenience);
        }

        foreach (var property in type.Properties)
        {
            if (typeof(IEnumerable).IsAssignableFrom(property.PropertyType)
                && property.PropertyType != typeof(string)
                && property.Name is not ("endpoints" or "rules"))
            {
                property.ShouldSerialize = static (_, value) => value switch
                {
                    null => false,
                    byte[] => true,
                    ICollection collection => collection.Count > 0,
                    IEnumerable items => items.GetEnumerator().MoveNext(),
                    _ => true,
                };
            }
        }
    }

    private static void UseMicroTime(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            // The MicroTime fields of the kinds we have; the models do not tell the two apart.
            if (property.Name is "renewTime" or "acquireTime" or "eventTime" or "lastObservedTime")
            {
                property.CustomConverter = property.PropertyType == typeof(DateTime) ? TimeConverter.RequiredMicro : TimeConverter.Micro;
            }
        }
    }

    // Who owns which field is of no use to any part of the cluster, and as long as the rest of the object.
    private static void SkipOwners(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType == typeof(IList<V1ManagedFieldsEntry>))
            {
                property.CustomConverter = new OwnersConverter();
                property.ShouldSerialize = static (_, _) => false;
            }
        }
    }
}
