using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>Requests to one node's kubelet; every failure is an <see cref="ApiException"/>.</summary>
internal sealed class KubeletRequests(string nodeName, HttpMessageInvoker http, TimeProvider time)
{
    // A node that has not even begun to answer by then will not; logs and sessions may last as long as they like after that.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30);

    // Finds a node that vanished without a word while a session is quiet.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public static ApiException Lost(string nodeName, Exception cause)
        => new(StatusReason.ServiceUnavailable, $"the connection to the node agent of \"{nodeName}\" was lost: {Innermost(cause).Message}")
        {
            RetryAfterSeconds = 1,
        };

    /// <summary>The successful answer, its body still to be read.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(path)) { Version = HttpVersion.Version11 };
        var response = await SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode ? response : throw await RefusalAsync(response, cancellationToken);
    }

    /// <summary>
    /// A WebSocket of the newest channel protocol. Made by hand because the platform's client drops the body of a refusal, which
    /// says why.
    /// </summary>
    public async Task<WebSocket> UpgradeAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(path)) { Version = HttpVersion.Version11 };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        request.Headers.Add("Sec-WebSocket-Protocol", ChannelProtocol.Newest.Name);
        var response = await SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            throw await RefusalAsync(response, cancellationToken);
        }

        // The stream owns the connection now.
        return WebSocket.CreateFromStream(
            await response.Content.ReadAsStreamAsync(cancellationToken),
            new WebSocketCreationOptions
            {
                SubProtocol = ChannelProtocol.Newest.Name,
                KeepAliveInterval = KeepAlive,
                KeepAliveTimeout = AnswerPatience,
            });
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(AnswerPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await http.SendAsync(request, either.Token);
        }
        catch (HttpRequestException failure) when (failure.InnerException is ApiException told)
        {
            throw told;
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(Innermost(failure).Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable($"no answer within {AnswerPatience.TotalSeconds:0} s");
        }
    }

    private static async Task<ApiException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            return await StatusReader.ReadAsync(response, cancellationToken);
        }
    }

    private ApiException Unreachable(string why)
        => new(StatusReason.ServiceUnavailable, $"the node agent of \"{nodeName}\" cannot be reached: {why}")
        {
            RetryAfterSeconds = 1,
        };

    private Uri AddressOf(string path) => new($"https://{nodeName}{path}");

    private static Exception Innermost(Exception failure)
        => failure.InnerException is { } inner ? Innermost(inner) : failure;
}
