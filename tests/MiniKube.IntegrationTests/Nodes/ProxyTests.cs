using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>
/// The proxy subresources over the wire. The other side is the endpoint of a node behind a tunnel: pods have no address of
/// their own here, and loopback is refused. Pods and Services are in the tests with several machines.
/// </summary>
public sealed class ProxyTests
{
    private const int PatienceMs = 60_000;
    private const string Node = $"/api/v1/nodes/{ConnectedNode.Name}/proxy";

    private ConnectedNode _node = null!;
    private ObjectKey _pod;

    [SetUp]
    public async Task SetUpAsync()
    {
        _node = await ConnectedNode.StartAsync(IPAddress.Parse("192.0.2.1"), CancellationToken.None);
        await _node.OpenTunnelAsync(CancellationToken.None);
        _pod = await _node.RunPodAsync("web", CancellationToken.None);
    }

    [TearDown]
    public async Task TearDownAsync() => await _node.DisposeAsync();

    [Test, CancelAfter(PatienceMs)]
    public async Task An_answer_comes_as_it_is_written(CancellationToken cancellationToken)
    {
        _node.Runtime.WriteLog(_pod, "main", "one");
        using var http = _node.Cluster.HttpClient();

        await using var body = await http.GetStreamAsync($"{Node}/containerLogs/default/web/main?follow=true", cancellationToken);
        using var lines = new StreamReader(body);
        var first = await lines.ReadLineAsync(cancellationToken);
        _node.Runtime.WriteLog(_pod, "main", "two");
        var second = await lines.ReadLineAsync(cancellationToken);

        Assert.That((first, second), Is.EqualTo(("one", "two")));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task An_upgraded_connection_carries_both_directions(CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v5.channel.k8s.io");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_node.Cluster.Server.AdminCredentials.Token}");
        socket.Options.RemoteCertificateValidationCallback =
            static (_, _, _, problems) => problems == SslPolicyErrors.RemoteCertificateChainErrors;
        var place = $"wss://127.0.0.1:{_node.Cluster.Server.BoundPort}{Node}/attach/default/web/main?input=true&output=true";
        await socket.ConnectAsync(new Uri(place), cancellationToken);

        await socket.SendAsync("\0hello\n"u8.ToArray(), WebSocketMessageType.Binary, true, cancellationToken);
        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer, cancellationToken);

        Assert.That(Encoding.UTF8.GetString(buffer, 0, received.Count), Is.EqualTo("\u0001hello\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Without_its_last_slash_the_path_is_sent_to_where_relative_links_work(CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
        });
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {_node.Cluster.Server.AdminCredentials.Token}");

        var answer = await http.GetAsync(new Uri(_node.Cluster.Url, $"{Node}?x=1"), cancellationToken);

        Assert.That((answer.StatusCode, $"{answer.Headers.Location}"), Is.EqualTo((HttpStatusCode.MovedPermanently, $"{Node}/?x=1")));
    }

    [TestCase("/api/v1/namespaces/default/pods/web:8080/proxy/", "address not allowed")]
    [TestCase("/api/v1/namespaces/default/pods/gone/proxy/", "pods \\\"gone\\\" not found")]
    [TestCase("/api/v1/namespaces/default/services/web:80/proxy/", "no endpoints available for service \\\"web\\\"")]
    [TestCase("/api/v1/namespaces/default/services/web:81/proxy/", "no service port 81 found for service \\\"web\\\"")]
    [TestCase("/api/v1/namespaces/default/services/ftp:web:81/proxy/", "invalid service request \\\"ftp:web:81\\\"")]
    [TestCase("/api/v1/nodes/gone/proxy/", "nodes \\\"gone\\\" not found"), CancelAfter(PatienceMs)]
    public async Task What_cannot_be_reached_says_why(string path, string why, CancellationToken cancellationToken)
    {
        await _node.Cluster.LocalClient().CreateAsync(
            new V1Service
            {
                Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default" },
                Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 80 }] },
            },
            cancellationToken);
        using var http = _node.Cluster.HttpClient();

        var answer = await http.GetAsync(path, cancellationToken);

        Assert.That((int)answer.StatusCode, Is.GreaterThanOrEqualTo(400));
        Assert.That(await answer.Content.ReadAsStringAsync(cancellationToken), Does.Contain(why));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Who_may_only_read_nodes_may_not_pass_through_them(CancellationToken cancellationToken)
    {
        using var stranger = _node.Cluster.HttpClient(_node.Cluster.ClientCertificate("mary", "readers"));

        var answer = await stranger.GetAsync($"{Node}/pods", cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(
            await answer.Content.ReadAsStringAsync(cancellationToken), Does.Contain("cannot get resource \\\"nodes/proxy\\\""));
    }
}
