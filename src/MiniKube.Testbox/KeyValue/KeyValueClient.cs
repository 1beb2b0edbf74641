using System.Net.Sockets;
using System.Text;

namespace MiniKube.Testbox;

/// <summary>One connection to a key-value server at <c>host:port</c>, made when needed and again after it broke.</summary>
internal sealed class KeyValueClient(string address, HostNames names, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1);
    private StreamReader? _reader;
    private NetworkStream? _stream;

    /// <summary>Sends a request and returns the text after <c>VALUE</c>; null for <c>NONE</c>.</summary>
    /// <exception cref="IOException">The server cannot be reached, or refuses.</exception>
    public async Task<string?> AskAsync(string request, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return Understand(await AskOnceMoreAsync(request, either.Token));
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            Disconnect();
            throw new IOException($"the database at {address} does not answer: {failure.Message}", failure);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        Disconnect();
        _turn.Dispose();
    }

    // A kept connection may have died with the server's pod; a fresh one has not.
    private async Task<string> AskOnceMoreAsync(string request, CancellationToken cancellationToken)
    {
        if (_stream is not null)
        {
            try
            {
                return await SendAsync(request, cancellationToken);
            }
            catch (IOException)
            {
                Disconnect();
            }
        }

        await ConnectAsync(cancellationToken);
        return await SendAsync(request, cancellationToken);
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var (host, port) = HostNames.SplitAddress(address, defaultPort: 6379);
        _stream = new NetworkStream(await names.ConnectAsync(host, port, cancellationToken), ownsSocket: true);
        _reader = new StreamReader(_stream, Encoding.UTF8);
        if (Login.FromEnvironment("DATABASE") is { } login)
        {
            Understand(await SendAsync($"AUTH {login.User} {login.Password}", cancellationToken));
        }
    }

    private async Task<string> SendAsync(string request, CancellationToken cancellationToken)
    {
        await _stream!.WriteAsync(Encoding.UTF8.GetBytes(request + "\n"), cancellationToken);
        return await _reader!.ReadLineAsync(cancellationToken) ?? throw new IOException("it closed the connection");
    }

    private static string? Understand(string answer) => answer.Split(' ', 2) switch
    {
        ["VALUE", var value] => value,
        ["ERROR", var reason] => throw new IOException(reason),
        _ => null,
    };

    private void Disconnect()
    {
        _reader?.Dispose();
        _stream?.Dispose();
        (_reader, _stream) = (null, null);
    }
}
