using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text;
using MiniKube.Api;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Attach and port forwarding as clients ask for them, to a pod of a joined node.</summary>
public sealed class PodSessionTests
{
    private const int PatienceMs = 60_000;
    private const string Pod = "/api/v1/namespaces/default/pods/web";

    // port 8080, requestid 0: the error stream, then the data stream; see SpdyHeaderTests.
    private const string ErrorHeaders =
        "78f9e3c6a7c202253a48f95b044eea16061606409ab308125f99a074cc68004e892545a989b9d0c2863515141500000000ffff";
    private const string DataHeaders = "225333a8a44a04000000ffff";

    private ConnectedNode _node = null!;
    private ObjectKey _pod;

    [SetUp]
    public async Task SetUpAsync()
    {
        _node = await ConnectedNode.StartAsync(IPAddress.Loopback, CancellationToken.None);
        _pod = await _node.RunPodAsync("web", CancellationToken.None);
    }

    [TearDown]
    public async Task TearDownAsync() => await _node.DisposeAsync();

    [Test, CancelAfter(PatienceMs)]
    public async Task Attach_carries_input_and_output_until_the_container_ends(CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(
            $"{Pod}/attach?stdin=true&stdout=true&stderr=true", "v5.channel.k8s.io", cancellationToken);

        await SendAsync(socket, 0, "hello\n", cancellationToken);
        Assert.That(await ReceiveAsync(socket, cancellationToken), Is.EqualTo("1:hello\n"));
        _node.Runtime.Exit(_pod, "main", 0);

        Assert.That(await ReceiveAsync(socket, cancellationToken), Does.StartWith("3:").And.Contain("Success"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Attach_to_no_stream_is_refused(CancellationToken cancellationToken)
    {
        using var http = _node.Cluster.HttpClient();

        var answer = await http.GetAsync($"{Pod}/attach", cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Ports_are_forwarded_over_channels_each_on_its_own(CancellationToken cancellationToken)
    {
        await using var server = new EchoServer();
        _node.Runtime.Listeners[8080] = server.Address;
        using var socket = await ConnectAsync($"{Pod}/portforward?ports=8080&ports=81", "v4.channel.k8s.io", cancellationToken);

        await SendAsync(socket, 0, "hello", cancellationToken);
        var received = new List<string>();
        while (received.Count < 6)
        {
            received.Add(await ReceiveAsync(socket, cancellationToken));
        }

        Assert.That(received.Take(4), Is.EqualTo(["0:\u0090\u001f", "1:\u0090\u001f", "2:Q\0", "3:Q\0"]), "the ports, 8080 and 81");
        Assert.That(received, Does.Contain("0:hello"));
        Assert.That(received, Has.Some.StartsWith("3:error forwarding port 81 to pod web"));
    }

    [TestCase("")]
    [TestCase("ports=0")]
    [TestCase("ports=80,99999"), CancelAfter(PatienceMs)]
    public async Task Ports_that_are_none_are_refused(string query, CancellationToken cancellationToken)
        => Assert.That(
            async () => await ConnectAsync($"{Pod}/portforward?{query}", "v4.channel.k8s.io", cancellationToken),
            Throws.InstanceOf<WebSocketException>().With.Message.Contain("400"));

    [Test, CancelAfter(PatienceMs)]
    public async Task Ports_are_forwarded_over_spdy(CancellationToken cancellationToken)
    {
        await using var server = new EchoServer();
        _node.Runtime.Listeners[8080] = server.Address;
        await using var connection = await UpgradeAsync(cancellationToken);

        await connection.WriteAsync(OpenStream(1, ErrorHeaders, fin: true), cancellationToken);
        await connection.WriteAsync(OpenStream(3, DataHeaders, fin: false), cancellationToken);
        await connection.WriteAsync(Ping(7), cancellationToken);
        await connection.WriteAsync(Data(3, "hello", fin: true), cancellationToken);
        var frames = new List<string>();
        while (frames.Count(static frame => frame.EndsWith(" end", StringComparison.Ordinal)) < 2)
        {
            frames.Add(await ReadFrameAsync(connection, cancellationToken));
        }

        Assert.That(frames, Does.Contain("reply 1").And.Contain("reply 3").And.Contain("ping 7"));
        var answer = frames.Where(static frame => frame.StartsWith("data 3 ", StringComparison.Ordinal));
        Assert.That(string.Concat(answer), Does.Contain("hello"));
        Assert.That(frames, Does.Contain("data 3  end").And.Contain("data 1  end"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task What_goes_wrong_is_told_on_the_error_stream_of_spdy(CancellationToken cancellationToken)
    {
        await using var connection = await UpgradeAsync(cancellationToken);

        await connection.WriteAsync(OpenStream(1, ErrorHeaders, fin: true), cancellationToken);
        await connection.WriteAsync(OpenStream(3, DataHeaders, fin: false), cancellationToken);
        var frame = "";
        while (!frame.StartsWith("data 1 ", StringComparison.Ordinal))
        {
            frame = await ReadFrameAsync(connection, cancellationToken);
        }

        Assert.That(frame, Is.EqualTo(
            "data 1 error forwarding port 8080 to pod web: nothing listens on port 8080 in the pod (connection refused)"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task What_is_no_spdy_ends_the_connection(CancellationToken cancellationToken)
    {
        await using var connection = await UpgradeAsync(cancellationToken);

        await connection.WriteAsync(Convert.FromHexString("8003000100ffffff"), cancellationToken);

        Assert.That(
            async () => await connection.ReadExactlyAsync(new byte[8], cancellationToken), Throws.InstanceOf<IOException>());
    }

    private async Task<Stream> UpgradeAsync(CancellationToken cancellationToken)
    {
        using var http = _node.Cluster.HttpClient();
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Pod}/portforward") { Version = HttpVersion.Version11 };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("SPDY", "3.1"));
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.SwitchingProtocols));
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    private static byte[] OpenStream(int id, string headers, bool fin)
        => Control(1, fin, [.. Bytes(id), 0, 0, 0, 0, 0, 0, .. Convert.FromHexString(headers)]);

    private static byte[] Ping(int id) => Control(6, fin: false, Bytes(id));

    private static byte[] Data(int id, string text, bool fin)
        => [.. Bytes(id), (byte)(fin ? 1 : 0), .. Bytes(text.Length)[1..], .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Control(byte type, bool fin, byte[] payload)
        => [0x80, 3, 0, type, (byte)(fin ? 1 : 0), .. Bytes(payload.Length)[1..], .. payload];

    private static byte[] Bytes(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static async Task<string> ReadFrameAsync(Stream connection, CancellationToken cancellationToken)
    {
        var header = new byte[8];
        await connection.ReadExactlyAsync(header, cancellationToken);
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)) & 0xFFFFFF];
        await connection.ReadExactlyAsync(payload, cancellationToken);
        if ((header[0] & 0x80) == 0)
        {
            var end = header[4] == 1 ? " end" : "";
            return $"data {BinaryPrimitives.ReadInt32BigEndian(header)} {Encoding.UTF8.GetString(payload)}{end}";
        }

        var name = header[3] switch { 2 => "reply", 6 => "ping", var other => $"frame {other}" };
        return $"{name} {BinaryPrimitives.ReadInt32BigEndian(payload)}";
    }

    private async Task<ClientWebSocket> ConnectAsync(string path, string protocol, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_node.Cluster.Server.AdminCredentials.Token}");
        socket.Options.RemoteCertificateValidationCallback =
            (_, _, _, problems) => problems == SslPolicyErrors.RemoteCertificateChainErrors;
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{_node.Cluster.Server.BoundPort}{path}"), cancellationToken);
        return socket;
    }

    private static async Task SendAsync(ClientWebSocket socket, byte channel, string text, CancellationToken cancellationToken)
        => await socket.SendAsync(
            new byte[] { channel }.Concat(Encoding.UTF8.GetBytes(text)).ToArray(), WebSocketMessageType.Binary, true, cancellationToken);

    private static async Task<string> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var received = await socket.ReceiveAsync(buffer, cancellationToken);
        return received.MessageType == WebSocketMessageType.Close
            ? "closed"
            : $"{buffer[0]}:{Encoding.Latin1.GetString(buffer, 1, received.Count - 1)}";
    }
}
