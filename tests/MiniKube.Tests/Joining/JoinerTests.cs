using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>Joining, against a server of the protocol.</summary>
public sealed class JoinerTests
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("minikube-join-");
    private FakeJoinServer? _server;

    [TearDown]
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_join_leaves_certificates_of_the_node_that_only_the_owner_reads(CancellationToken cancellationToken)
    {
        _server = await FakeJoinServer.StartAsync();

        var (server, cluster) = await JoinAsync(_server.Token, [_server.Url], cancellationToken);

        var pki = AgentPki.Open(_directory.FullName);
        Assert.That((server, cluster.ServiceCidr), Is.EqualTo((_server.Url, "10.43.0.0/16")));
        Assert.That(pki.Client!.Subject, Is.EqualTo("O=system:nodes, CN=system:node:worker-1"));
        Assert.That(pki.Client.HasPrivateKey, Is.True);
        Assert.That(pki.Serving!.MatchesHostname("worker-1") && pki.Serving.MatchesHostname("10.9.8.7"), Is.True);
        Assert.That(pki.Authorities.Single().Thumbprint, Is.EqualTo(_server.Authority.Thumbprint));
        Assert.That(pki.Token, Is.EqualTo(_server.Token));
        Assert.That(
            _directory.EnumerateFiles().Select(file => file.UnixFileMode).Distinct(),
            Is.EqualTo([UnixFileMode.UserRead | UnixFileMode.UserWrite]));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_second_join_proves_with_the_same_password_that_it_is_the_same_machine(CancellationToken cancellationToken)
    {
        _server = await FakeJoinServer.StartAsync();

        await JoinAsync(_server.Token, [_server.Url], cancellationToken);
        await JoinAsync(_server.Token, [_server.Url], cancellationToken);

        Assert.That(_server.Joins.Select(join => join.NodePassword).Distinct().Count(), Is.EqualTo(1));
        Assert.That(_server.Joins.Select(join => join.ClientCsr).Distinct().Count(), Is.EqualTo(2), "keys are new at every join");
    }

    [Test, CancelAfter(60_000)]
    public async Task Another_machine_cannot_take_the_name(CancellationToken cancellationToken)
    {
        _server = await FakeJoinServer.StartAsync();
        await JoinAsync(_server.Token, [_server.Url], cancellationToken);
        File.Delete(Path.Combine(_directory.FullName, "node-password"));

        var refused = Assert.ThrowsAsync<JoinRefusedException>(() => JoinAsync(_server.Token, [_server.Url], cancellationToken));

        Assert.That(refused!.Message, Does.Contain("node worker-1 is taken by another machine"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_server_of_another_cluster_never_sees_the_secret(CancellationToken cancellationToken)
    {
        _server = await FakeJoinServer.StartAsync();
        var token = $"K10{new string('0', 64)}::{_server.Credentials}";

        var refused = Assert.ThrowsAsync<CommandException>(() => JoinAsync(token, [_server.Url], cancellationToken));

        Assert.That(refused!.Message, Does.Contain("is not the cluster the token was made for"));
        Assert.That(_server.Joins, Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_wrong_token_says_how_to_get_a_right_one(CancellationToken cancellationToken)
    {
        _server = await FakeJoinServer.StartAsync();

        var refused = Assert.ThrowsAsync<JoinRefusedException>(() => JoinAsync("node:wrong", [_server.Url], cancellationToken));

        Assert.That(refused!.Message, Does.Contain("does not accept the token").And.Contain("minikube token create"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_certificate_for_another_name_is_told_with_the_flag_that_helps(CancellationToken cancellationToken)
    {
        _server = await FakeJoinServer.StartAsync(host: "10.1.2.3");

        var refused = Assert.ThrowsAsync<CommandException>(() => JoinAsync(_server.Token, [_server.Url], cancellationToken));

        Assert.That(refused!.Message, Does.Contain("--tls-san 127.0.0.1"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Clocks_that_disagree_are_told_as_such(CancellationToken cancellationToken)
    {
        _server = await FakeJoinServer.StartAsync(validFrom: TimeProvider.System.GetUtcNow().AddDays(3));

        var refused = Assert.ThrowsAsync<ClockException>(() => JoinAsync(_server.Token, [_server.Url], cancellationToken));

        Assert.That(refused!.Message, Does.Contain("this machine's clock says"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_server_that_is_down_is_passed_over(CancellationToken cancellationToken)
    {
        _server = await FakeJoinServer.StartAsync();

        var (server, _) = await JoinAsync(_server.Token, [NobodyListens(), _server.Url], cancellationToken);

        Assert.That(server, Is.EqualTo(_server.Url));
    }

    [Test, CancelAfter(60_000)]
    public void Nobody_there_is_one_line_that_says_so(CancellationToken cancellationToken)
    {
        var refused = Assert.ThrowsAsync<CommandException>(() => JoinAsync("node:x", [NobodyListens()], cancellationToken));

        Assert.That(refused!.Message, Does.StartWith("cannot reach the server 127.0.0.1:").And.Contain("nothing listens there"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Something_that_speaks_no_https_is_not_taken_for_a_server(CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        var joining = JoinAsync("node:x", [url], cancellationToken);
        using (var peer = await listener.AcceptTcpClientAsync(cancellationToken))
        {
            await peer.GetStream().WriteAsync("SSH-2.0-OpenSSH_9.9\r\n"u8.ToArray(), cancellationToken);
        }

        var refused = Assert.ThrowsAsync<CommandException>(() => joining);
        Assert.That(refused!.Message, Does.Contain("is it the address of a MiniKube server?"));
    }

    private Task<(Uri Server, MiniKube.Client.ClusterFacts Cluster)> JoinAsync(
        string token, IReadOnlyList<Uri> servers, CancellationToken cancellationToken)
        => new Joiner(AgentPki.Open(_directory.FullName), TimeProvider.System, NullLogger<Joiner>.Instance)
            .JoinAsync(servers, token, "worker-1", IPAddress.Parse("10.9.8.7"), cancellationToken);

    private static Uri NobodyListens()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"https://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}");
    }
}
