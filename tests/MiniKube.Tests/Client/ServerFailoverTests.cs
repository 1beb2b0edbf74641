using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests.Client;

/// <summary>What the HTTPS transport does when servers go, come back and are replaced, and when certificates are exchanged.</summary>
public sealed class ServerFailoverTests
{
    private static readonly ObjectKey Key = new("default", "a");

    private readonly System.Security.Cryptography.X509Certificates.X509Certificate2 _certificate
        = ScriptedServer.MakeCertificate("server");

    private readonly RecordedLog _log = new();
    private readonly List<ScriptedServer> _servers = [];
    private HttpApiClient? _client;

    [TearDown]
    public async Task StopAsync()
    {
        _client?.Dispose();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _certificate.Dispose();
    }

    [Test, CancelAfter(60_000)]
    public async Task A_server_that_is_gone_is_passed_over_in_the_same_request(CancellationToken cancellationToken)
    {
        var (gone, stays) = (await AddAsync(), await AddAsync());
        var client = Connect(gone, stays);
        await client.FindAsync<V1ConfigMap>(Key, cancellationToken);

        await gone.LeaveAsync();
        await client.FindAsync<V1ConfigMap>(Key, cancellationToken);
        await client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);

        Assert.That(
            stays.Requests,
            Is.EqualTo(["GET /api/v1/namespaces/default/configmaps/a", "POST /api/v1/namespaces/default/configmaps"]));
        Assert.That(_log.Lines, Is.Empty, "as long as any server answers there is nothing to tell");
    }

    [Test, CancelAfter(60_000)]
    public async Task Requests_that_come_together_try_a_server_that_does_not_answer_once(CancellationToken cancellationToken)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var good = await AddAsync();
        var options = ScriptedServer.OptionsFor(_certificate, good);
        options.Servers.Replace([new Uri($"https://{silent.LocalEndpoint}"), good.Url]);
        var client = Connect(options);

        var requests = Enumerable.Range(0, 8).Select(_ => client.FindAsync<V1ConfigMap>(Key, cancellationToken)).ToList();
        using (await silent.AcceptSocketAsync(cancellationToken))
        {
            // Closed without a word: the handshake fails.
        }

        await Task.WhenAll(requests);

        Assert.That(silent.Pending(), Is.False, "one connection told all of them");
        Assert.That(good.Requests, Has.Count.EqualTo(8));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_last_good_server_is_asked_first(CancellationToken cancellationToken)
    {
        var (first, second) = (await AddAsync(), await AddAsync());
        var client = Connect(first, second);
        await first.LeaveAsync();
        await client.FindAsync<V1ConfigMap>(Key, cancellationToken);

        await first.ReturnAsync();
        await client.FindAsync<V1ConfigMap>(Key, cancellationToken);

        Assert.That((first.Requests.Count, second.Requests.Count), Is.EqualTo((0, 2)));
    }

    [Test, CancelAfter(60_000)]
    public async Task While_no_server_answers_it_is_told_once_and_so_is_the_return(CancellationToken cancellationToken)
    {
        var server = await AddAsync();
        var client = Connect(server);
        await server.LeaveAsync();

        for (var tries = 0; tries < 3; tries++)
        {
            Assert.ThrowsAsync<ServerUnreachableException>(() => client.FindAsync<V1ConfigMap>(Key, cancellationToken));
        }

        var waiting = client.WhenReachableAsync(cancellationToken);
        Assert.That(waiting.IsCompleted, Is.False);
        await server.ReturnAsync();
        await waiting;
        await client.FindAsync<V1ConfigMap>(Key, cancellationToken);

        Assert.That(_log.Lines, Has.Count.EqualTo(2));
        Assert.That(_log.Lines.First(), Does.Contain("No server of the cluster answers"));
        Assert.That(_log.Lines.Last(), Does.Contain("answers again"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_list_of_servers_that_is_replaced_counts_from_the_next_request(CancellationToken cancellationToken)
    {
        var (old, other) = (await AddAsync(), await AddAsync());
        var options = ScriptedServer.OptionsFor(_certificate, old);
        var client = Connect(options);
        await client.FindAsync<V1ConfigMap>(Key, cancellationToken);

        options.Servers.Replace([other.Url]);
        await client.FindAsync<V1ConfigMap>(Key, cancellationToken);

        Assert.That((old.Requests.Count, other.Requests.Count), Is.EqualTo((1, 1)));
    }

    [Test, CancelAfter(60_000)]
    public async Task An_exchanged_certificate_is_shown_by_new_requests_and_open_watches_go_on(CancellationToken cancellationToken)
    {
        var go = new TaskCompletionSource();
        var server = await AddAsync(async context =>
        {
            if (context.Request.Query.ContainsKey("watch"))
            {
                await WriteAsync(context, Event("5"));
                await go.Task;
                await WriteAsync(context, Event("6"));
                return;
            }

            await WriteAsync(context, """{"metadata":{"name":"a"}}""");
        });
        var options = ScriptedServer.OptionsFor(_certificate, server);
        using var first = ScriptedServer.MakeCertificate("first");
        using var second = ScriptedServer.MakeCertificate("second");
        options.Identity.Exchange([_certificate], first);
        var client = Connect(options);
        await using var watch = client.WatchAsync<V1ConfigMap>(ObjectQuery.All, new Revision(4), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await watch.MoveNextAsync();

        options.Identity.Exchange([_certificate], second);
        await client.FindAsync<V1ConfigMap>(Key, cancellationToken);
        go.SetResult();
        var wentOn = await watch.MoveNextAsync();

        Assert.That((wentOn, watch.Current.Revision), Is.EqualTo((true, new Revision(6))));
        Assert.That(server.Requests[0], Does.EndWith("CN=first"));
        Assert.That(server.Requests[1], Does.EndWith("CN=second"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Reconnecting_breaks_open_watches_so_that_they_are_begun_again(CancellationToken cancellationToken)
    {
        var server = await AddAsync(async context =>
        {
            await WriteAsync(context, Event("5"));
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var client = Connect(server);
        await using var watch = client.WatchAsync<V1ConfigMap>(ObjectQuery.All, new Revision(4), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await watch.MoveNextAsync();

        client.Reconnect();

        Assert.ThrowsAsync<ServerUnreachableException>(async () => await watch.MoveNextAsync());
    }

    [Test, CancelAfter(60_000)]
    public async Task Who_is_not_accepted_is_told(CancellationToken cancellationToken)
    {
        var server = await AddAsync(context =>
        {
            context.Response.StatusCode = 401;
            return WriteAsync(context, """{"kind":"Status","status":"Failure","reason":"Unauthorized","code":401,"message":"no"}""");
        });
        var client = Connect(server);
        var refusals = 0;
        client.Refused += () => refusals++;

        Assert.ThrowsAsync<ApiException>(() => client.FindAsync<V1ConfigMap>(Key, cancellationToken));

        Assert.That(refusals, Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public void Without_a_server_every_request_fails_and_says_why(CancellationToken cancellationToken)
    {
        var client = Connect();

        var error = Assert.ThrowsAsync<ServerUnreachableException>(() => client.FindAsync<V1ConfigMap>(Key, cancellationToken));

        Assert.That(error!.Message, Does.Contain("no server is known"));
    }

    private async Task<ScriptedServer> AddAsync(RequestDelegate? answer = null)
    {
        var server = await ScriptedServer.StartAsync(
            _certificate, answer ?? (static context => WriteAsync(context, """{"metadata":{"name":"a"}}""")));
        _servers.Add(server);
        return server;
    }

    private HttpApiClient Connect(params IReadOnlyList<ScriptedServer> servers)
        => Connect(ScriptedServer.OptionsFor(_certificate, servers));

    private HttpApiClient Connect(HttpApiClientOptions options)
        => _client = new HttpApiClient(options, TimeProvider.System, new Random(7), _log);

    private static string Event(string revision)
        => $$"""{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"{{revision}}"} } }""" + "\n";

    private static async Task WriteAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text);
        await context.Response.Body.FlushAsync();
    }
}
