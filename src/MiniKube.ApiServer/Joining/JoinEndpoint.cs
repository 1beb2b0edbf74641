using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// How machines become nodes: <c>POST /minikube/v1/join</c> checks the token and the node's password and answers with
/// certificates; <c>GET /minikube/v1/cluster</c> tells nodes what they must agree on.
/// </summary>
internal sealed class JoinEndpoint(
    JoinTokens tokens, NodePasswords passwords, NodeCertificates certificates, Func<string> authorities, ClusterFacts cluster)
{
    public const string JoinPath = "/minikube/v1/join";
    public const string ClusterPath = "/minikube/v1/cluster";

    private const string BearerPrefix = "Bearer ";

    /// <summary>Before anything else asks who it is: joining machines have no identity yet.</summary>
    public async Task JoinAsync(HttpContext context)
    {
        if (context.Request.Method != HttpMethods.Post)
        {
            throw RequestErrors.MethodNotAllowed();
        }

        var joining = tokens.Join(TokenOf(context.Request.Headers.Authorization.ToString()));
        var body = await BodyReader.ReadAsync(context.Request, context.RequestAborted);
        var request = JoinChecks.Read(body.Span);
        await passwords.ClaimAsync(request.NodeName, request.NodePassword, context.RequestAborted);
        var both = await Task.WhenAll(
            certificates.RequestAsync(joining, CertificateSigners.NodeClient, request.ClientCsr, context.RequestAborted),
            certificates.RequestAsync(joining, CertificateSigners.NodeServing, request.ServingCsr, context.RequestAborted));
        var answer = new JoinAnswer
        {
            ClientCertificate = both[0],
            ServingCertificate = both[1],
            CertificateAuthorities = authorities(),
            Cluster = cluster,
        };
        await Respond.JsonAsync(
            context, StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(answer, JoinJson.Default.JoinAnswer), pretty: false);
    }

    /// <summary>What every machine of the cluster must know; for nodes and administrators.</summary>
    public Task ClusterAsync(HttpContext context) => Respond.JsonAsync(
        context, StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(cluster, JoinJson.Default.ClusterFacts), pretty: false);

    private static string TokenOf(string authorization)
        => authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase)
            ? authorization[BearerPrefix.Length..].Trim()
            : throw new ApiException(
                StatusReason.Unauthorized, "a join needs a token: send it as 'Authorization: Bearer USER:SECRET'");
}
