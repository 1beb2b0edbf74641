using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using MiniKube.Client;

namespace MiniKube;

/// <summary>Makes this machine a member: whom to trust, keys, certificates, all kept for later starts.</summary>
internal sealed partial class Joiner(AgentPki pki, TimeProvider time, ILogger<Joiner> logger)
{
    /// <summary>Joins by the first server that answers, and keeps what came of it.</summary>
    /// <exception cref="JoinRefusedException">A server answered, and said no.</exception>
    /// <exception cref="CommandException">No server can be used; the message is about the last one.</exception>
    public async Task<(Uri Server, ClusterFacts Cluster)> JoinAsync(
        IReadOnlyList<Uri> servers, string token, string nodeName, IPAddress nodeIp, CancellationToken cancellationToken)
    {
        var parsed = JoinToken.Parse(token);
        CommandException? last = null;
        foreach (var server in servers)
        {
            try
            {
                var cluster = await JoinByAsync(server, parsed, nodeName, nodeIp, cancellationToken);
                pki.KeepToken(token);
                return (server, cluster);
            }
            catch (CommandException failed) when (failed is not JoinRefusedException { MayPass: false })
            {
                last = failed;
            }
        }

        throw last ?? CommandException.Usage("there is no server to join; give one with --server https://HOST:6443");
    }

    private async Task<ClusterFacts> JoinByAsync(
        Uri server, JoinToken token, string nodeName, IPAddress nodeIp, CancellationToken cancellationToken)
    {
        using var clientKey = NodeCsr.NewKey();
        using var servingKey = NodeCsr.NewKey();
        var client = new JoinClient(server, time);
        var authorities = Trusted(server, token, await client.FetchAuthoritiesAsync(cancellationToken));
        var answer = await client.JoinAsync(
            authorities,
            token.Credentials,
            new JoinRequest
            {
                NodeName = nodeName,
                NodePassword = pki.NodePassword(),
                ClientCsr = NodeCsr.Client(nodeName, clientKey),
                ServingCsr = NodeCsr.Serving(nodeName, [nodeIp], servingKey),
            },
            cancellationToken);
        pki.KeepAuthorities(answer.CertificateAuthorities);
        pki.KeepServing(answer.ServingCertificate, servingKey);
        pki.KeepClient(answer.ClientCertificate, clientKey);
        return answer.Cluster;
    }

    private X509Certificate2Collection Trusted(Uri server, JoinToken token, X509Certificate2Collection shown)
    {
        if (token.AuthorityHash is not { } expected)
        {
            Log.NotChecked(logger, server);
            return shown;
        }

        return shown.Any(authority => HashOf(authority) == expected)
            ? shown
            : throw new CommandException(
                $"{server.Authority} is not the cluster the token was made for: its authority's hash is {HashOf(shown[0])}, "
                + $"the token says {expected}; check --server, and paste the token of that cluster");
    }

    private static string HashOf(X509Certificate2 authority) => authority.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    private static partial class Log
    {
        [LoggerMessage(6100, LogLevel.Warning,
            "The token has no hash of the cluster's authority, so {Server} was not checked; use the long form K10HASH::USER:SECRET")]
        public static partial void NotChecked(ILogger logger, Uri server);
    }
}
