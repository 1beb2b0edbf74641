using System.Buffers.Binary;
using System.Text;

namespace MiniKube.Node;

/// <summary>
/// The two messages of gRPC's health service, by their field numbers: a request is one string, an answer one enumeration. That
/// is little enough to need no gRPC library.
/// </summary>
internal static class GrpcHealth
{
    private const int PrefixLength = 5; // Not compressed, and the length in four bytes.
    private const byte ServiceField = 0x0A; // Field 1, length-delimited.
    private const byte StatusField = 0x08; // Field 1, varint.
    private const int Serving = 1;

    private static readonly string[] Names = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

    public static byte[] Request(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        byte[] message = name.Length == 0 ? [] : [ServiceField, .. VarInt(name.Length), .. name];
        var framed = new byte[PrefixLength + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, PrefixLength);
        return framed;
    }

    public static ProbeResult Read(HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        var code = Header(response, "grpc-status");
        if (code is not (null or "0"))
        {
            return ProbeResult.Failure(
                $"error: health rpc probe failed: rpc error: code = {code} desc = {Header(response, "grpc-message")}");
        }

        var status = StatusOf(body);
        return status == Serving
            ? ProbeResult.Success("service healthy")
            : ProbeResult.Failure($"service unhealthy (responded with \"{Names.ElementAtOrDefault(status) ?? "UNKNOWN"}\")");
    }

    // A message without the field has its default, UNKNOWN.
    private static int StatusOf(ReadOnlySpan<byte> body)
        => body.Length >= PrefixLength + 2 && body[PrefixLength] == StatusField ? body[PrefixLength + 1] : 0;

    private static string? Header(HttpResponseMessage response, string name)
        => response.TrailingHeaders.TryGetValues(name, out var trailing) ? trailing.First()
            : response.Headers.TryGetValues(name, out var leading) ? leading.First()
            : null;

    private static byte[] VarInt(int value)
        => value < 0x80 ? [(byte)value] : [(byte)((value & 0x7F) | 0x80), .. VarInt(value >> 7)];
}
