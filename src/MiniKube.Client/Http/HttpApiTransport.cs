using System.Net;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// HTTPS to the servers of a cluster: the last good one first, the others at once when it cannot be reached. Every failure, of
/// a server or of the network, is an <see cref="ApiException"/>.
/// </summary>
internal sealed class HttpApiTransport : IDisposable
{
    // What a server that works needs even under load; watches have no end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpApiClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ServerLink _link;
    private volatile ServerConnections _connections;
    private volatile Uri? _lastGood;

    public HttpApiTransport(HttpApiClientOptions options, TimeProvider time, Random random, ILogger logger)
    {
        _options = options;
        _time = time;
        _link = new ServerLink(AnswersAsync, time, random, logger);
        _connections = new ServerConnections(options, time);
        options.Identity.Changed += Renew;
    }

    /// <summary>A server did not accept this client, or this client not the server.</summary>
    public event Action? Refused;

    /// <summary>A server answers again after none did.</summary>
    public event Action? Restored;

    /// <summary>Completed while servers answer; while none does, it ends when one is back.</summary>
    public Task Answers => _link.Answers;

    /// <summary>Sends a request and returns the successful answer with its body still to be read.</summary>
    public async Task<ServerAnswer> SendAsync(
        HttpMethod method, string path, ServerQuestion? question, CancellationToken cancellationToken)
    {
        var answer = await AskAnyAsync(method, path, question, cancellationToken);
        if (answer.Response.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            var refused = await StatusReader.ReadAsync(answer.Response, cancellationToken);
            if (refused.Reason == StatusReason.Unauthorized || IsNobody(refused))
            {
                Refused?.Invoke();
            }

            throw refused;
        }
    }

    /// <summary>Sends a request and returns the whole body of the successful answer.</summary>
    public async Task<byte[]> ReadAsync(
        HttpMethod method, string path, ServerQuestion? question, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var answer = await SendAsync(method, path, question, either.Token);
            return await answer.Response.Content.ReadAsByteArrayAsync(either.Token);
        }
        catch (Exception failure) when (IsBroken(failure, cancellationToken))
        {
            throw Unreachable(failure);
        }
    }

    /// <summary>Closes all connections now, as after a change of this machine's address: they lead nowhere any more.</summary>
    public void Reconnect()
    {
        Replaced().Abort();
        _link.AskNow();
    }

    public void Dispose()
    {
        _options.Identity.Changed -= Renew;
        _link.Dispose();
        _connections.Abort();
    }

    /// <summary>What a broken connection is to callers: something that a later try may not meet.</summary>
    public static ServerUnreachableException Unreachable(Exception failure) => new(failure.GetBaseException().Message);

    /// <summary>True when the connection is at fault, and not who asked.</summary>
    public static bool IsBroken(Exception failure, CancellationToken cancellationToken)
        => failure is HttpRequestException or IOException
            || (failure is OperationCanceledException or ObjectDisposedException && !cancellationToken.IsCancellationRequested);

    private void Renew() => Replaced().Retire();

    private ServerConnections Replaced()
        => Interlocked.Exchange(ref _connections, new ServerConnections(_options, _time));

    private async Task<ServerAnswer> AskAnyAsync(
        HttpMethod method, string path, ServerQuestion? question, CancellationToken cancellationToken)
    {
        Exception? last = null;
        foreach (var server in InOrder())
        {
            try
            {
                return await AskAsync(server, method, path, question, cancellationToken);
            }
            catch (Exception failure) when (IsBroken(failure, cancellationToken))
            {
                last = failure;
                if (method != HttpMethod.Get && !NeverSent(failure))
                {
                    throw Unreachable(failure); // It may have been done; only the caller knows whether twice is harmless.
                }
            }
        }

        var problem = last?.GetBaseException().Message ?? "no server is known";
        _link.Down(problem);
        if (last is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError })
        {
            Refused?.Invoke();
        }

        throw new ServerUnreachableException(problem);
    }

    private async Task<ServerAnswer> AskAsync(
        Uri server, HttpMethod method, string path, ServerQuestion? question, CancellationToken cancellationToken)
    {
        using var request = ServerConnections.Request(method, server, path);
        request.Content = question?.ToContent();
        var connections = Enter();
        try
        {
            await connections.Doors.OpenAsync(server, cancellationToken);
            var response = await connections.SendAsync(request, cancellationToken);
            _lastGood = server;
            if (_link.Up(server))
            {
                Restored?.Invoke();
            }

            return new ServerAnswer(response, connections);
        }
        catch (Exception failure) when (
            connections.Aborted.IsCancellationRequested && IsBroken(failure, cancellationToken))
        {
            connections.Leave();
            throw new ServerUnreachableException("the connection was given up for another");
        }
        catch (Exception failure)
        {
            if (IsBroken(failure, cancellationToken))
            {
                connections.Doors.Close(server);
            }

            connections.Leave();
            throw;
        }
    }

    private ServerConnections Enter()
    {
        while (true)
        {
            var connections = _connections;
            if (connections.TryEnter())
            {
                return connections;
            }

            ObjectDisposedException.ThrowIf(connections == _connections, this);
        }
    }

    private IEnumerable<Uri> InOrder()
    {
        var all = _options.Servers.Current;
        return _lastGood is { } good && all.Contains(good) ? all.Where(one => one != good).Prepend(good) : all;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        foreach (var server in InOrder())
        {
            try
            {
                using var answer = await AskAsync(server, HttpMethod.Get, ServerConnections.SignOfLife, question: null, cancellationToken);
                return true;
            }
            catch (Exception failure) when (failure is ServerUnreachableException || IsBroken(failure, cancellationToken))
            {
                // The next one, or later.
            }
        }

        return false;
    }

    // A certificate that ran out makes one nobody.
    private static bool IsNobody(ApiException refused)
        => refused.Reason == StatusReason.Forbidden && refused.Message.Contains("system:anonymous", StringComparison.Ordinal);

    private static bool NeverSent(Exception failure) => failure is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError,
    };
}
