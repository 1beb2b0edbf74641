using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Machines become nodes over HTTPS, with the controllers that approve and sign.</summary>
public sealed class JoinTests
{
    private const string JoinPath = "/minikube/v1/join";

    [Test, CancelAfter(60_000)]
    public async Task A_machine_with_the_node_token_gets_certificates_of_a_node(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        using var keys = new NodeKeys("worker");

        var answer = await JoinedAsync(cluster, keys, cluster.Server.Server.NodeJoinToken, cancellationToken);

        using var client = keys.WithKey(answer.ClientCertificate);
        using var serving = keys.WithKey(answer.ServingCertificate);
        Assert.That(client.Subject, Does.Contain("CN=system:node:worker").And.Contain("O=system:nodes"));
        Assert.That(serving.MatchesHostname("worker"), Is.True);
        Assert.That(serving.MatchesHostname("192.0.2.7"), Is.True);
        Assert.That(answer.CertificateAuthorities, Is.EqualTo(cluster.Server.Server.AdminCredentials.CertificateAuthorityPem));
        Assert.That(answer.Cluster.ServiceCidr, Is.EqualTo("10.43.0.0/16"));
        var requests = (await cluster.Client.ListAsync<V1CertificateSigningRequest>(ObjectQuery.All, cancellationToken)).Items;
        Assert.That(requests.Select(one => one.Spec.SignerName),
            Is.EquivalentTo([CertificateSigners.NodeClient, CertificateSigners.NodeServing]));
        Assert.That(requests.Select(one => one.Spec.Username), Is.All.EqualTo("system:bootstrap:node"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_node_certificate_is_an_identity_and_sees_what_nodes_must_agree_on(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        using var keys = new NodeKeys("worker");
        var answer = await JoinedAsync(cluster, keys, cluster.Server.Server.NodeJoinToken, cancellationToken);
        using var certificate = keys.WithKey(answer.ClientCertificate);
        using var node = cluster.Server.HttpClient(certificate);

        var facts = JsonNode.Parse(await node.GetStringAsync("/minikube/v1/cluster", cancellationToken))!;

        Assert.That(facts["clusterCidr"]!.ToString(), Is.EqualTo("10.42.0.0/16"));
        Assert.That(facts["nodePortRange"]!.ToString(), Is.EqualTo("30000-32767"));
        Assert.That(
            cluster.Server.Server.NodeCertificateEnds["worker"].UtcDateTime, Is.EqualTo(certificate.NotAfter.ToUniversalTime()));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_name_belongs_to_the_first_machine_that_joined_under_it(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        var token = cluster.Server.Server.NodeJoinToken;
        using var keys = new NodeKeys("worker");
        await JoinedAsync(cluster, keys, token, cancellationToken);

        using var again = await SendAsync(cluster, keys.Join(), token, cancellationToken);
        using var other = await SendAsync(cluster, keys.Join("another machine's password"), token, cancellationToken);

        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(
            await MessageAsync(other, cancellationToken),
            Does.Contain("\"worker\" is taken").And.Contain("kubectl delete node worker"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_deleted_node_frees_its_name(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        var token = cluster.Server.Server.NodeJoinToken;
        using var keys = new NodeKeys("worker");
        await JoinedAsync(cluster, keys, token, cancellationToken);
        var key = NodePasswordSecret.KeyOf("worker");
        var node = new V1Node { Metadata = new V1ObjectMeta { Name = "worker" } };
        var registered = await cluster.Client.CreateAsync(node, cancellationToken);
        await Eventually.HoldsAsync(
            "the password belongs to the node",
            async () => (await cluster.Client.FindAsync<V1Secret>(key, cancellationToken))?.Metadata.OwnerReferences is { Count: 1 },
            cancellationToken);

        await cluster.Client.DeleteAsync<V1Node>(registered.Key(), null, cancellationToken);

        await Eventually.HoldsAsync(
            "the password is gone",
            async () => await cluster.Client.FindAsync<V1Secret>(key, cancellationToken) is null,
            cancellationToken);
        using var other = await SendAsync(cluster, keys.Join("another machine's password"), token, cancellationToken);
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_node_that_never_joined_keeps_its_name(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        await cluster.AddNodesAsync(1, cancellationToken);
        var name = (await cluster.Client.ListAsync<V1Node>(ObjectQuery.All, cancellationToken)).Items[0].Metadata.Name;
        using var keys = new NodeKeys(name);

        using var answer = await SendAsync(cluster, keys.Join(), cluster.Server.Server.NodeJoinToken, cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_bootstrap_token_is_good_until_it_expires_or_is_deleted(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Token("abcdef", "2999-01-01T00:00:00Z"), cancellationToken);
        await cluster.Client.CreateAsync(Token("expird", "2020-01-01T00:00:00Z"), cancellationToken);
        using var keys = new NodeKeys("worker");

        using var good = await SendAsync(cluster, keys.Join(), "abcdef.0123456789abcdef", cancellationToken);
        using var withUser = await SendAsync(cluster, keys.Join(), "abcdef:0123456789abcdef", cancellationToken);
        using var wrong = await SendAsync(cluster, keys.Join(), "abcdef.0000000000000000", cancellationToken);
        using var expired = await SendAsync(cluster, keys.Join(), "expird.0123456789abcdef", cancellationToken);
        await cluster.Client.DeleteAsync<V1Secret>(new ObjectKey("kube-system", "bootstrap-token-abcdef"), null, cancellationToken);
        using var deleted = await SendAsync(cluster, keys.Join(), "abcdef.0123456789abcdef", cancellationToken);

        Assert.That(good.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(withUser.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await MessageAsync(wrong, cancellationToken), Does.Contain("not known to this cluster"));
        Assert.That(expired.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(deleted.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [TestCase("", "needs a token")]
    [TestCase("nonsense", "not known to this cluster")]
    [TestCase("node:nonsense", "'node' is not known"), CancelAfter(60_000)]
    public async Task A_wrong_token_is_refused_in_one_line(string token, string message, CancellationToken cancellationToken)
    {
        await using var cluster = await TestCluster.StartAsync(cancellationToken);
        using var keys = new NodeKeys("worker");

        using var answer = await SendAsync(cluster, keys.Join(), token, cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await MessageAsync(answer, cancellationToken), Does.Contain(message).And.Not.Contain("\n"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_request_for_another_name_than_the_nodes_is_refused(CancellationToken cancellationToken)
    {
        await using var cluster = await TestCluster.StartAsync(cancellationToken);
        using var keys = new NodeKeys("worker");
        var forged = keys.Join() with { ClientCsr = keys.CsrFor("O=system:masters, CN=system:admin") };

        using var answer = await SendAsync(cluster, forged, cluster.Server.NodeJoinToken, cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await MessageAsync(answer, cancellationToken), Does.Contain("must be for CN=system:node:worker"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_nodes_serving_certificate_is_never_good_for_a_servers_names(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        using var keys = new NodeKeys("kubernetes");
        var sly = keys.Join() with
        {
            ServingCsr = keys.ServingCsr(IPAddress.Parse("10.43.0.1"), IPAddress.Loopback, IPAddress.Parse("192.0.2.7")),
        };

        using var answer = await SendAsync(cluster, sly, cluster.Server.Server.NodeJoinToken, cancellationToken);

        var pem = (await answer.Content.ReadFromJsonAsync(JoinJson.Default.JoinAnswer, cancellationToken))!.ServingCertificate;
        using var certificate = X509Certificate2.CreateFromPem(pem);
        Assert.That(certificate.MatchesHostname("192.0.2.7"), Is.True);
        Assert.That(certificate.MatchesHostname("kubernetes"), Is.False);
        Assert.That(certificate.MatchesHostname("10.43.0.1"), Is.False);
        Assert.That(certificate.MatchesHostname("127.0.0.1"), Is.False);
    }

    private static async Task<JoinAnswer> JoinedAsync(
        ControlPlaneCluster cluster, NodeKeys keys, string token, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(cluster, keys.Join(), token, cancellationToken);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync(cancellationToken));
        return (await answer.Content.ReadFromJsonAsync(JoinJson.Default.JoinAnswer, cancellationToken))!;
    }

    private static Task<HttpResponseMessage> SendAsync(
        ControlPlaneCluster cluster, JoinRequest join, string token, CancellationToken cancellationToken)
        => SendAsync(cluster.Server, join, token, cancellationToken);

    private static async Task<HttpResponseMessage> SendAsync(
        TestCluster cluster, JoinRequest join, string token, CancellationToken cancellationToken)
    {
        using var http = cluster.HttpClient(authenticated: false);
        using var request = new HttpRequestMessage(HttpMethod.Post, JoinPath)
        {
            Content = JsonContent.Create(join, JoinJson.Default.JoinRequest),
        };
        if (token.Length > 0)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        return await http.SendAsync(request, cancellationToken);
    }

    private static async Task<string> MessageAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
        => JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!["message"]!.ToString();

    private static V1Secret Token(string id, string expiration) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"bootstrap-token-{id}", NamespaceProperty = "kube-system" },
        Type = "bootstrap.kubernetes.io/token",
        Data = new Dictionary<string, byte[]>
        {
            ["token-id"] = Encoding.UTF8.GetBytes(id),
            ["token-secret"] = "0123456789abcdef"u8.ToArray(),
            ["expiration"] = Encoding.UTF8.GetBytes(expiration),
            ["usage-bootstrap-authentication"] = "true"u8.ToArray(),
        },
    };
}
