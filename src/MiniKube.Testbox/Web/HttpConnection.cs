using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MiniKube.Testbox;

/// <summary>
/// Serves one connection's requests, one after the other. Once <c>draining</c>, the answer under way is the last one; a connection
/// that waits for its next request is closed.
/// </summary>
internal sealed class HttpConnection(
    Socket socket, Func<HttpRequest, CancellationToken, Task<HttpResponse>> answer, CancellationToken draining)
{
    private const int HeadBytesMax = 16 * 1024;
    private const int BodyBytesMax = 1024 * 1024;

    private readonly byte[] _buffer = new byte[HeadBytesMax];
    private int _length;

    public async Task RunAsync()
    {
        await using var stream = new NetworkStream(socket);
        var keepAlive = true;
        while (keepAlive && await ReadHeadAsync(stream) is { } headBytes)
        {
            var request = HttpRequest.Parse(_buffer.AsSpan(0, headBytes));
            Consume(headBytes + 4);
            keepAlive = request is not null && await SkipBodyAsync(stream, request) && request.KeepAlive;
            var response = request is null
                ? new HttpResponse(400, "this is not HTTP/1.1\n")
                : await answer(request with { Client = Client() }, CancellationToken.None);
            keepAlive &= !draining.IsCancellationRequested;
            await stream.WriteAsync(response.ToBytes(keepAlive), CancellationToken.None);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    // The listener takes both families; an IPv4 client is shown as such.
    private string Client()
        => socket.RemoteEndPoint is IPEndPoint { Address: var from }
            ? (from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from).ToString()
            : "";

    private async Task<int?> ReadHeadAsync(NetworkStream stream)
    {
        while (true)
        {
            var end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return end;
            }

            // Only a connection without a request under way is cut short.
            var stop = _length == 0 ? draining : CancellationToken.None;
            var read = _length < _buffer.Length ? await stream.ReadAsync(_buffer.AsMemory(_length), stop) : 0;
            if (read == 0)
            {
                return null;
            }

            _length += read;
        }
    }

    private async Task<bool> SkipBodyAsync(NetworkStream stream, HttpRequest request)
    {
        if (request.Header("Transfer-Encoding") is not null)
        {
            return false; // Answered, then closed: where the body ends is not looked for.
        }

        var text = request.Header("Content-Length") ?? "0";
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var left) || left > BodyBytesMax)
        {
            return false;
        }

        while (left > _length)
        {
            left -= _length;
            _length = await stream.ReadAsync(_buffer, CancellationToken.None);
            if (_length == 0)
            {
                return false;
            }
        }

        Consume(left);
        return true;
    }

    private void Consume(int bytes)
    {
        _buffer.AsSpan(bytes, _length - bytes).CopyTo(_buffer);
        _length -= bytes;
    }
}
