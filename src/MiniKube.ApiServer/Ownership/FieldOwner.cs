using System.Runtime.InteropServices;
using System.Text.Json;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>One entry of <c>metadata.managedFields</c>: who owns what since when. The set of fields is read when it is needed.</summary>
internal sealed class FieldOwner
{
    public const string Apply = "Apply";
    public const string Update = "Update";

    private ReadOnlyMemory<byte> _json;
    private FieldSet? _fields;

    public FieldOwner(string manager, string operation, string apiVersion, string subresource, string? time, FieldSet fields)
    {
        (Manager, Operation, ApiVersion, Subresource, Time) = (manager, operation, apiVersion, subresource, time);
        _fields = fields;
    }

    private FieldOwner(string manager, string operation, string apiVersion, string subresource, string? time, ReadOnlyMemory<byte> json)
    {
        (Manager, Operation, ApiVersion, Subresource, Time) = (manager, operation, apiVersion, subresource, time);
        _json = json;
    }

    public string Manager { get; }

    /// <summary><see cref="Apply"/> or <see cref="Update"/>.</summary>
    public string Operation { get; }

    public string ApiVersion { get; }

    /// <summary>Empty for writes of the object itself.</summary>
    public string Subresource { get; }

    /// <summary>When the owner last wrote, as in JSON; null when it was never said.</summary>
    public string? Time { get; set; }

    /// <summary>The owned fields. To be changed only between <see cref="Edit"/> and the next write.</summary>
    public FieldSet Fields => _fields ??= FieldSetJson.Read(_json.Span);

    /// <summary>True when it owns nothing. Stored entries always own something.</summary>
    public bool IsEmpty => _json.IsEmpty && Fields.IsEmpty;

    /// <summary>The set for changing it; what was read from bytes does not count any more.</summary>
    public FieldSet Edit()
    {
        var fields = Fields;
        _json = default;
        return fields;
    }

    public void Replace(FieldSet fields)
    {
        _json = default;
        _fields = fields;
    }

    /// <summary>How many of the fields it owns, without reading the set.</summary>
    public int CountCommon(FieldSet fields)
        => fields.IsEmpty ? 0
            : _json.IsEmpty ? Fields.IntersectionWith(fields).MemberCount
            : FieldSetJson.CountCommon(_json.Span, fields);

    /// <summary>An applier is one whatever version it speaks; an updater is one per version.</summary>
    public bool Is(string manager, string operation, string apiVersion, string subresource)
        => Manager == manager && Operation == operation && Subresource == subresource
            && (operation == Apply || ApiVersion == apiVersion);

    public bool IsSame(FieldOwner other) => Is(other.Manager, other.Operation, other.ApiVersion, other.Subresource);

    /// <summary>The entry of a client's body, or null when it is malformed.</summary>
    public static FieldOwner? Of(V1ManagedFieldsEntry entry)
    {
        if (entry is not { Operation: Apply or Update, FieldsType: "FieldsV1", ApiVersion.Length: > 0, FieldsV1: JsonElement fields }
            || fields.ValueKind != JsonValueKind.Object
            || ManagerNames.Problem(entry.Manager ?? "") is not null)
        {
            return null;
        }

        var json = JsonMarshal.GetRawUtf8Value(fields);
        try
        {
            return new FieldOwner(
                entry.Manager ?? "", entry.Operation, entry.ApiVersion, entry.Subresource ?? "", TimeOf(entry), FieldSetJson.Read(json));
        }
        catch (JsonException)
        {
            return null; // Kubernetes takes what is there instead, so that no client loses it by accident.
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("manager"u8, Manager);
        writer.WriteString("operation"u8, Operation);
        writer.WriteString("apiVersion"u8, ApiVersion);
        if (Time is not null)
        {
            writer.WriteString("time"u8, Time);
        }

        writer.WriteString("fieldsType"u8, "FieldsV1"u8);
        writer.WritePropertyName("fieldsV1"u8);
        if (_json.IsEmpty)
        {
            FieldSetJson.Write(writer, Fields);
        }
        else
        {
            writer.WriteRawValue(_json.Span, skipInputValidation: true);
        }

        if (Subresource.Length > 0)
        {
            writer.WriteString("subresource"u8, Subresource);
        }

        writer.WriteEndObject();
    }

    /// <summary>Reads an entry this server wrote; the reader stands on its start and is left on its end.</summary>
    public static FieldOwner Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> source)
    {
        string manager = "", operation = "", apiVersion = "", subresource = "";
        string? time = null;
        ReadOnlyMemory<byte> fields = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("fieldsV1"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                fields = source[start..(int)reader.BytesConsumed];
                continue;
            }

            var name = reader.GetString();
            reader.Read();
            var value = reader.GetString()!;
            switch (name)
            {
                case "manager":
                    manager = value;
                    break;
                case "operation":
                    operation = value;
                    break;
                case "apiVersion":
                    apiVersion = value;
                    break;
                case "subresource":
                    subresource = value;
                    break;
                case "time":
                    time = value;
                    break;
            }
        }

        return new FieldOwner(manager, operation, apiVersion, subresource, time, fields);
    }

    private static string? TimeOf(V1ManagedFieldsEntry entry)
        => entry.Time is { } time ? ManagedFields.TimeText(time) : null;
}
