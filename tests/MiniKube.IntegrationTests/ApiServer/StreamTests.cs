using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using MiniKube.Api;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

public sealed class StreamTests : HttpFixture
{
    private readonly ScriptedNode _node = new();

    [SetUp]
    public async Task MakePodAsync()
    {
        Cluster.Nodes.Connect("n1", _node);
        await PostAsync(Pods, Pod("web", node: "n1"), CancellationToken.None);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_log_is_the_nodes_text(CancellationToken cancellationToken)
    {
        var answer = await GetAsync(
            $"{Pods}/web/log?tailLines=5&previous=true&timestamps=1&limitBytes=100", cancellationToken);

        Assert.That(answer.Text, Is.EqualTo("one\ntwo\n"));
        Assert.That(_node.LastContainer!.Container, Is.EqualTo("a"));
        Assert.That(
            (
                _node.LastLogOptions!.TailLines,
                _node.LastLogOptions.Previous,
                _node.LastLogOptions.Timestamps,
                _node.LastLogOptions.LimitBytes),
            Is.EqualTo((5, true, true, 100)));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_followed_log_is_sent_before_it_ends(CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync(
            $"{Pods}/web/log?follow=true", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));

        Assert.That(await reader.ReadLineAsync(cancellationToken), Is.EqualTo("one"));
    }

    [Test, CancelAfter(20_000)]
    public async Task What_the_node_refuses_is_a_Status(CancellationToken cancellationToken)
    {
        _node.Refusal = new ApiException(StatusReason.BadRequest, "container \"a\" in pod \"web\" is waiting to start");

        var answer = await GetAsync($"{Pods}/web/log", cancellationToken);

        Assert.That(
            (answer.Code, answer.Field("message")), Is.EqualTo((HttpStatusCode.BadRequest, _node.Refusal.Message)));
    }

    [TestCase("tailLines=-1", HttpStatusCode.UnprocessableEntity)]
    [TestCase("sinceTime=yesterday", HttpStatusCode.BadRequest)]
    [TestCase("container=other", HttpStatusCode.BadRequest), CancelAfter(20_000)]
    public async Task A_log_request_that_means_nothing_is_refused(
        string query, HttpStatusCode code, CancellationToken cancellationToken)
        => Assert.That((await GetAsync($"{Pods}/web/log?{query}", cancellationToken)).Code, Is.EqualTo(code));

    [Test, CancelAfter(20_000)]
    public async Task A_node_that_is_away_is_unavailable_and_not_an_error(CancellationToken cancellationToken)
    {
        Cluster.Nodes.Disconnect("n1", _node);

        var answer = await GetAsync($"{Pods}/web/log", cancellationToken);

        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(answer.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(1)));
    }

    [Test, CancelAfter(20_000)]
    public async Task Exec_carries_every_stream_and_the_exit_code(CancellationToken cancellationToken)
    {
        using var socket = await ExecAsync(
            "command=sh&command=3&stdin=true&stdout=true&stderr=true", "v5.channel.k8s.io", cancellationToken);

        await SendAsync(socket, 4, """{"Width":80,"Height":24}""", cancellationToken);
        await SendAsync(socket, 0, "hello", cancellationToken);
        await socket.SendAsync(new byte[] { 255, 0 }, WebSocketMessageType.Binary, true, cancellationToken);
        var received = await ReceiveAllAsync(socket, cancellationToken);

        Assert.That(received[1], Is.EqualTo("hello"));
        Assert.That(received[2], Is.EqualTo("80x24;sh 3"));
        Assert.That(received[3], Does.Contain("\"reason\":\"NonZeroExitCode\""));
        Assert.That(JsonNode.Parse(received[3])!["details"]!["causes"]![0]!["message"]!.ToString(), Is.EqualTo("3"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Exec_without_input_ends_with_success(CancellationToken cancellationToken)
    {
        using var socket = await ExecAsync(
            "command=true&stdout=true&stderr=true", "v4.channel.k8s.io", cancellationToken);

        var received = await ReceiveAllAsync(socket, cancellationToken);

        Assert.That(socket.SubProtocol, Is.EqualTo("v4.channel.k8s.io"));
        Assert.That(received[3], Does.Contain("\"status\":\"Success\""));
    }

    [Test, CancelAfter(20_000)]
    public async Task What_the_node_refuses_comes_on_the_error_channel(CancellationToken cancellationToken)
    {
        _node.Refusal = new ApiException(StatusReason.BadRequest, "container not running");
        using var socket = await ExecAsync("command=true&stdout=true", "v5.channel.k8s.io", cancellationToken);

        var received = await ReceiveAllAsync(socket, cancellationToken);

        Assert.That(received[3], Does.Contain("container not running"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Exec_needs_an_upgrade_to_a_protocol_this_server_speaks(CancellationToken cancellationToken)
    {
        using var spdy = new HttpRequestMessage(HttpMethod.Post, $"{Pods}/web/exec?command=true") { Version = HttpVersion.Version11 };
        spdy.Headers.Connection.Add("Upgrade");
        spdy.Headers.TryAddWithoutValidation("Upgrade", "SPDY/3.1");

        var plain = await GetAsync($"{Pods}/web/exec?command=true", cancellationToken);
        var old = await Http.SendAsync(spdy, cancellationToken);

        Assert.That(plain.Field("message"), Is.EqualTo("Upgrade request required"));
        Assert.That(old.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await old.Content.ReadAsStringAsync(cancellationToken), Does.Contain("WebSocket, not SPDY"));
    }

    private async Task<ClientWebSocket> ExecAsync(string query, string protocol, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        socket.Options.SetRequestHeader("Authorization", $"Bearer {Cluster.Server.AdminCredentials.Token}");
        socket.Options.RemoteCertificateValidationCallback =
            (_, _, _, problems) => problems == SslPolicyErrors.RemoteCertificateChainErrors;
        await socket.ConnectAsync(
            new Uri($"wss://127.0.0.1:{Cluster.Server.BoundPort}{Pods}/web/exec?{query}"), cancellationToken);
        return socket;
    }

    private static async Task SendAsync(
        ClientWebSocket socket, byte channel, string text, CancellationToken cancellationToken)
        => await socket.SendAsync(
            new byte[] { channel }.Concat(Encoding.UTF8.GetBytes(text)).ToArray(), WebSocketMessageType.Binary, true, cancellationToken);

    // What came on each channel, put together, until the server closed.
    private static async Task<Dictionary<int, string>> ReceiveAllAsync(
        ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var received = new Dictionary<int, string>();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, cancellationToken) is { MessageType: not WebSocketMessageType.Close } message)
        {
            received[buffer[0]] = received.GetValueOrDefault(buffer[0], "") + Encoding.UTF8.GetString(
                buffer, 1, message.Count - 1);
        }

        return received;
    }
}
