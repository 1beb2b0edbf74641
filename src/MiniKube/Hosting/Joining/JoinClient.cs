using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MiniKube.Client;

namespace MiniKube;

/// <summary>The two questions a machine asks a server before it is a member: whom to trust, and to be let in.</summary>
internal sealed class JoinClient(Uri server, TimeProvider time)
{
    // Long enough for a loaded server to make two certificates; a person waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // A bundle has a few certificates of about a kilobyte.
    private const int BundleBytesMax = 1 << 20;

    /// <summary>The authorities the server names. Nothing proves yet that it is the right server.</summary>
    /// <exception cref="CommandException">Nothing answers, or something that is no MiniKube server.</exception>
    public async Task<X509Certificate2Collection> FetchAuthoritiesAsync(CancellationToken cancellationToken)
    {
        var tls = new SslClientAuthenticationOptions
        {
            // Checked right after, by the hash in the token; without one the caller warns.
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        };
        using var http = NewClient(tls);
        using var response = await SendAsync(http, new HttpRequestMessage(HttpMethod.Get, "/cacerts"), why: null, cancellationToken);
        var bundle = new X509Certificate2Collection();
        var pem = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            bundle.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            bundle.Clear();
        }

        return response.IsSuccessStatusCode && bundle.Count > 0
            ? bundle
            : throw NotAServer($"/cacerts answered {(int)response.StatusCode}");
    }

    /// <summary>Joins, trusting only the authorities given.</summary>
    /// <exception cref="CommandException">The server said no, or is not who the authorities know.</exception>
    public async Task<JoinAnswer> JoinAsync(
        X509Certificate2Collection authorities, string credentials, JoinRequest join, CancellationToken cancellationToken)
    {
        var check = new ServerCheck(server, authorities, time);
        using var http = NewClient(new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = check.Validate });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/minikube/v1/join")
        {
            Content = JsonContent.Create(join, JoinJson.Default.JoinRequest),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credentials);
        using var response = await SendAsync(http, request, check, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await JoinRefusal.ReadAsync(server, response, cancellationToken);
        }

        try
        {
            return await response.Content.ReadFromJsonAsync(JoinJson.Default.JoinAnswer, cancellationToken)
                ?? throw NotAServer("the answer to the join is empty");
        }
        catch (JsonException foreign)
        {
            throw NotAServer($"the answer to the join cannot be read ({foreign.Message})");
        }
    }

    private HttpClient NewClient(SslClientAuthenticationOptions tls) => new(new SocketsHttpHandler
    {
        SslOptions = tls,
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectTimeout = Patience,
    })
    {
        BaseAddress = server,
        Timeout = Patience,
        MaxResponseContentBufferSize = BundleBytesMax,
    };

    private async Task<HttpResponseMessage> SendAsync(
        HttpClient http, HttpRequestMessage request, ServerCheck? why, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw why is { IsOutdated: true, Problem: { } outdated }
                ? new ClockException(outdated, failure)
                : new CommandException(why?.Problem ?? ConnectFailure.Describe(server, failure), cause: failure);
        }
        catch (TaskCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(ConnectFailure.TimedOut(server), cause: slow);
        }
    }

    private CommandException NotAServer(string why)
        => new($"{server.Authority} is not a MiniKube server ({why}); give the address of one with --server https://HOST:6443");
}
