using System.Net.Sockets;
using System.Text;

namespace MiniKube;

/// <summary>Asks the server that has a data directory, over its <see cref="ControlSocket"/>.</summary>
internal static class ControlClient
{
    /// <summary>The answer's lines, or null when no server listens.</summary>
    /// <exception cref="CommandException">The server could not do it.</exception>
    public static async Task<IReadOnlyList<string>?> AskAsync(
        string dataDirectory, string request, Stream? content, CancellationToken cancellationToken)
    {
        if (await ConnectAsync(dataDirectory, cancellationToken) is not { } socket)
        {
            return null;
        }

        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request + "\n"), cancellationToken);
        if (content is not null)
        {
            await content.CopyToAsync(stream, cancellationToken);
        }

        socket.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var lines = (await reader.ReadToEndAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines is ["failed", var why, ..] ? throw new CommandException(why) : [.. lines.Skip(1)];
    }

    private static async Task<Socket?> ConnectAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        var path = ControlSocket.PathIn(dataDirectory);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }
        catch (SocketException none) when (none.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable
            || !File.Exists(path))
        {
            socket.Dispose();
            return null;
        }
    }
}
