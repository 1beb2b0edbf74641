using System.Buffers;
using System.Text;
using System.Text.Json;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// A protobuf body as JSON. kubectl sends what it makes itself (<c>kubectl create namespace</c>) in this form; nothing is sent back in it.
/// https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
/// </summary>
internal static class ProtobufBody
{
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <exception cref="ApiException">BadRequest: not protobuf, or of a kind whose protobuf form is not known here.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            return ToJson(body.Span);
        }
        catch (FormatException failure)
        {
            throw new ApiException(StatusReason.BadRequest, $"the body is not valid Kubernetes protobuf: {failure.Message}");
        }
    }

    private static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic))
        {
            throw new FormatException("it does not start with the four bytes 'k8s' and zero");
        }

        var envelope = body[Magic.Length..];
        var unknown = ProtobufMessage.Read(envelope);
        var type = Slice(envelope, unknown.Find(1));
        var (apiVersion, kind) = ReadType(type);
        var buffer = new ArrayBufferWriter<byte>(body.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion"u8, apiVersion);
            writer.WriteString("kind"u8, kind);
            var model = ModelOf(apiVersion, kind);
            new ProtobufJson(writer).WriteFields(Slice(envelope, unknown.Find(2)), JsonShape.Of(model), model.Name);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static (string ApiVersion, string Kind) ReadType(ReadOnlySpan<byte> bytes)
    {
        var message = ProtobufMessage.Read(bytes);
        return (Encoding.UTF8.GetString(Slice(bytes, message.Find(1))), Encoding.UTF8.GetString(Slice(bytes, message.Find(2))));
    }

    private static Type ModelOf(string apiVersion, string kind) => kind switch
    {
        "DeleteOptions" => typeof(V1DeleteOptions), // Sent with the group version of whatever is deleted.
        "Scale" => typeof(V1Scale),
        "Binding" => typeof(V1Binding),
        "TokenRequest" => typeof(Authenticationv1TokenRequest),
        "Eviction" => typeof(V1Eviction),
        _ => ResourceCatalog.BuiltIn.FirstOrDefault(one => one.Gvk == Gvk.Parse(apiVersion, kind))?.ObjectType
            ?? throw new FormatException($"no kind {kind} in version {apiVersion} is known here"),
    };

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, ProtobufValue? value)
        => value?.Bytes is { } range ? bytes[range] : default;
}
