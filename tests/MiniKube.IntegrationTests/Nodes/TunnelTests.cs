using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>The node tells an address nobody can reach, so that everything must come through its tunnel.</summary>
public sealed class TunnelTests
{
    private const int PatienceMs = 60_000;

    private ConnectedNode _node = null!;

    [SetUp]
    public async Task SetUpAsync()
        => _node = await ConnectedNode.StartAsync(IPAddress.Parse("192.0.2.1"), CancellationToken.None);

    [TearDown]
    public async Task TearDownAsync() => await _node.DisposeAsync();

    [Test, CancelAfter(PatienceMs)]
    public async Task Without_a_tunnel_the_node_is_unavailable_and_the_message_says_both_ways(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);

        var refusal = Assert.ThrowsAsync<ApiException>(() => LogAsync(pod, cancellationToken));

        Assert.That(refusal!.Reason, Is.EqualTo(StatusReason.ServiceUnavailable));
        Assert.That(refusal.Message, Does.Contain("no tunnel").And.Contain("192.0.2.1"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_tunnel_that_was_lost_is_used_again_once_it_is_back(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        _node.Runtime.WriteLog(pod, "main", "hello");
        await _node.OpenTunnelAsync(cancellationToken);
        Assert.That(await LogAsync(pod, cancellationToken), Is.EqualTo("hello\n"));

        await _node.CloseTunnelAsync(cancellationToken);
        await using var again = _node.NewTunnel(_node.Cluster.Url);
        await again.StartAsync(cancellationToken);
        await _node.UntilTunnelAsync(isOpen: true, cancellationToken);

        Assert.That(await LogAsync(pod, cancellationToken), Is.EqualTo("hello\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task The_end_of_a_tunnel_ends_what_goes_through_it(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        _node.Runtime.WriteLog(pod, "main", "hello");
        await _node.OpenTunnelAsync(cancellationToken);
        var output = new System.IO.Pipelines.Pipe();
        var following = _node.Remote.CopyLogsAsync(
            new ContainerAddress(pod, "main"), new LogOptions { Follow = true }, output.Writer.AsStream(), cancellationToken);
        await output.Reader.ReadAsync(cancellationToken);

        await _node.CloseTunnelAsync(cancellationToken);

        Assert.That(
            async () => await following, Throws.InstanceOf<ApiException>().With.Message.Contain("was lost"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_stream_that_nobody_reads_does_not_hold_up_the_others(CancellationToken cancellationToken)
    {
        var pod = await _node.RunPodAsync("web", cancellationToken);
        await using var server = new EchoServer();
        _node.Runtime.Listeners[80] = server.Address;
        _node.Runtime.WriteLog(pod, "main", "hello");
        await _node.OpenTunnelAsync(cancellationToken);
        var stuck = new List<DuplexStream>();
        for (var i = 0; i < 4; i++)
        {
            var connection = await _node.Remote.ConnectAsync(pod, 80, cancellationToken);
            stuck.Add(connection);
            await FillAsync(connection, cancellationToken);
        }

        Assert.That(await LogAsync(pod, cancellationToken), Is.EqualTo("hello\n"));
        foreach (var connection in stuck)
        {
            await connection.DisposeAsync();
        }
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Only_a_node_may_open_a_tunnel(CancellationToken cancellationToken)
    {
        using var nobody = _node.Cluster.HttpClient(authenticated: false);
        using var admin = _node.Cluster.HttpClient();

        var unknown = await nobody.GetAsync("/minikube/v1/tunnel", cancellationToken);
        var other = await admin.GetAsync("/minikube/v1/tunnel", cancellationToken);

        Assert.That((unknown.StatusCode, other.StatusCode), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden)));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_node_cannot_take_a_connection_that_was_asked_of_another(CancellationToken cancellationToken)
    {
        await _node.OpenTunnelAsync(cancellationToken);
        using var socket = new ClientWebSocket();
        socket.Options.ClientCertificates.Add(_node.Cluster.ClientCertificate("system:node:other", "system:nodes"));
        socket.Options.RemoteCertificateValidationCallback =
            (_, _, _, problems) => problems == SslPolicyErrors.RemoteCertificateChainErrors;

        var connecting = socket.ConnectAsync(
            new Uri($"wss://127.0.0.1:{_node.Cluster.Server.BoundPort}/minikube/v1/tunnel/1"), cancellationToken);

        Assert.That(async () => await connecting, Throws.InstanceOf<WebSocketException>().With.Message.Contain("404"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Administrators_see_which_nodes_have_one(CancellationToken cancellationToken)
    {
        await _node.OpenTunnelAsync(cancellationToken);
        using var admin = _node.Cluster.HttpClient();

        var list = await admin.GetStringAsync("/minikube/v1/tunnels", cancellationToken);

        Assert.That(list, Does.StartWith("{\"tunnels\":[{\"node\":\"node-1\",\"from\":\"127.0.0.1:"));
    }

    // The echo is not read: both ways fill up until nothing more goes.
    private static async Task FillAsync(DuplexStream connection, CancellationToken cancellationToken)
    {
        using var full = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var chunk = new byte[64 * 1024];
        for (var written = 0; written < 16 << 20; written += chunk.Length)
        {
            var writing = connection.WriteAsync(chunk, full.Token).AsTask();
            if (await Task.WhenAny(writing, Task.Delay(500, cancellationToken)) != writing)
            {
                return;
            }

            await writing;
        }
    }

    private async Task<string> LogAsync(ObjectKey pod, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await _node.Remote.CopyLogsAsync(new ContainerAddress(pod, "main"), new LogOptions(), output, cancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
