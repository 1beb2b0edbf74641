using System.Globalization;
using System.Text;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// Port forwarding over SPDY: for every connection the client opens a stream for its bytes and one for what went wrong, which name
/// the port and belong together by a number.
/// </summary>
internal sealed class SpdyPortForward(Stream transport, Func<int, CancellationToken, Task<DuplexStream>> connect)
{
    private readonly Dictionary<string, SpdyStream> _errors = [];
    private readonly Dictionary<string, SpdyStream> _data = [];
    private readonly HashSet<Task> _running = [];

    /// <summary>Ends when the client has closed the connection.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var session = new SpdySession(transport);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = session.RunAsync(end.Token);
        try
        {
            await foreach (var stream in session.Opened.ReadAllAsync(end.Token))
            {
                Pair(stream, end.Token);
            }

            await reading;
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll([reading, .. _running]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Pair(SpdyStream stream, CancellationToken cancellationToken)
    {
        var number = stream.Headers.GetValueOrDefault("requestID", "");
        var isError = stream.Headers.GetValueOrDefault("streamType") == "error";
        (isError ? _errors : _data)[number] = stream;
        if (_errors.TryGetValue(number, out var errors) && _data.TryGetValue(number, out var data))
        {
            _errors.Remove(number);
            _data.Remove(number);
            _running.RemoveWhere(static one => one.IsCompleted);
            _running.Add(CarryAsync(data, errors, cancellationToken));
        }
    }

    private async Task CarryAsync(SpdyStream data, SpdyStream errors, CancellationToken cancellationToken)
    {
        await using (data)
        await using (errors)
        {
            try
            {
                await using var connection = await connect(PortOf(data), cancellationToken);
                await ByteRelay.RunAsync(data, connection, cancellationToken);
            }
            catch (Exception failure) when (failure is ApiException or IOException)
            {
                await errors.WriteAsync(Encoding.UTF8.GetBytes(failure.Message), cancellationToken);
            }

            await errors.CompleteWritesAsync(cancellationToken);
            await data.CompleteWritesAsync(cancellationToken);
        }
    }

    private static int PortOf(SpdyStream stream)
        => ushort.TryParse(
            stream.Headers.GetValueOrDefault("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : throw new ApiException(StatusReason.BadRequest, $"\"{stream.Headers.GetValueOrDefault("port")}\" is no port");
}
