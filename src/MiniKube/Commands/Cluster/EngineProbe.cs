using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>Asks a Docker engine who it is, without the machinery of the docker runtime.</summary>
internal static class EngineProbe
{
    /// <exception cref="HttpRequestException">Nothing answers there.</exception>
    public static async Task<string> VersionAsync(string endpoint, CancellationToken cancellationToken)
    {
        var address = new Uri(endpoint);
        using var handler = new SocketsHttpHandler();
        if (address.Scheme == "unix")
        {
            handler.ConnectCallback = async (_, token) => await ConnectAsync(address.LocalPath, token);
        }

        using var client = new HttpClient(handler);
        var root = address.Scheme == "unix" ? "http://engine" : $"http://{address.Authority}";
        var answer = JsonNode.Parse(await client.GetStringAsync(new Uri($"{root}/version"), cancellationToken));
        return $"{answer?["Version"]} (API {answer?["ApiVersion"]})";
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
