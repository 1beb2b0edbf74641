using System.Buffers;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Reads request bodies whole, and not more than is allowed.</summary>
internal static class BodyReader
{
    // Kubernetes' limit: etcd takes 1.5 MiB, and JSON is about twice the size of protobuf.
    public const int BytesMax = 3 * 1024 * 1024;

    /// <exception cref="ApiException">RequestEntityTooLarge.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > BytesMax)
        {
            throw TooLarge();
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > BytesMax)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge();
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static ApiException TooLarge()
        => new(StatusReason.RequestEntityTooLarge, $"Request entity too large: limit is {BytesMax}");
}
