using System.Text.Json;
using System.Text.Json.Serialization;

namespace MiniKube.Client;

/// <summary>
/// What is said on a tunnel's control stream, one JSON text message each. The server asks to dial; the agent answers by opening the
/// stream of that number, or with a failure.
/// </summary>
/// <param name="Dial">The number of the connection, chosen by the server; never used twice in a tunnel's life.</param>
/// <param name="To"><see cref="Kubelet"/>, or the address and port of a pod. Null in a failure.</param>
/// <param name="Failure">Why the connection could not be made. Null in a request.</param>
public sealed record TunnelMessage(
    [property: JsonPropertyName("dial")] long Dial,
    [property: JsonPropertyName("to")] string? To,
    [property: JsonPropertyName("failure")] string? Failure)
{
    /// <summary>The node's own HTTPS endpoint.</summary>
    public const string Kubelet = "kubelet";

    /// <summary>Where the control stream is opened; a connection's stream is at this path, a slash and its number.</summary>
    public const string Path = "/minikube/v1/tunnel";

    /// <summary>Most connections through one tunnel at a time. The rest is refused, so that one node cannot take all memory.</summary>
    public const int StreamsMax = 128;

    /// <summary>No message is longer.</summary>
    public const int BytesMax = 4096;

    /// <summary>UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TunnelJson.Default.TunnelMessage);

    /// <exception cref="JsonException">It is no such message.</exception>
    public static TunnelMessage Parse(ReadOnlySpan<byte> json)
        => JsonSerializer.Deserialize(json, TunnelJson.Default.TunnelMessage) ?? throw new JsonException("null is no message");
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TunnelMessage))]
internal sealed partial class TunnelJson : JsonSerializerContext;
