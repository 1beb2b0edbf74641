using System.Net.WebSockets;

namespace MiniKube;

/// <summary>Opens WebSockets to the API server.</summary>
internal sealed class ApiSocket(ClusterAccess access, HttpClient client)
{
    /// <summary>
    /// Connects and returns the socket; <see cref="WebSocket.SubProtocol"/> tells which protocol the server chose.
    /// </summary>
    /// <exception cref="RefusedException">The server answered with a Status instead.</exception>
    public async Task<ClientWebSocket> ConnectAsync(
        string path, IReadOnlyList<string> protocols, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        foreach (var protocol in protocols)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        try
        {
            await socket.ConnectAsync(Address(path), client, cancellationToken);
            return socket;
        }
        catch (WebSocketException failure)
        {
            var refused = socket.HttpStatusCode != 0;
            socket.Dispose();
            throw refused
                ? await RefusalAsync(path, failure, cancellationToken)
                : ApiConnection.Unreachable(access.Server, failure);
        }
    }

    private Uri Address(string path) => new UriBuilder(new Uri(access.Server, path)) { Scheme = "wss" }.Uri;

    // The socket hides the body of a refusal; the same request without the upgrade is refused for the same reason.
    private async Task<Exception> RefusalAsync(string path, WebSocketException failure, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return response.IsSuccessStatusCode
            ? new CommandException($"the server did not open a stream: {failure.Message}", cause: failure)
            : await ServerFailure.OfAsync(response, cancellationToken);
    }
}
