using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Gets a joining node its certificates by CertificateSigningRequests, which the controllers approve and sign, and which
/// everybody can see in <c>kubectl get csr</c>.
/// </summary>
internal sealed class NodeCertificates(ApiPipeline pipeline, TimeProvider time)
{
    private const string NamePrefix = "node-csr-";

    // Both controllers answer within milliseconds; longer means that they do not run.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The PEM certificate for a request that was checked.</summary>
    /// <exception cref="ApiException">
    /// Forbidden: denied or failed. ServiceUnavailable: nobody signed it in time.
    /// </exception>
    public async Task<string> RequestAsync(
        UserInfo joining, string signerName, string csrPem, CancellationToken cancellationToken)
    {
        var user = joining with { Groups = [.. joining.Groups, CertificateSigners.CheckedJoinsGroup] };
        var definition = pipeline.Resources.Get(typeof(V1CertificateSigningRequest));
        // As the server: that the requestor may ask was decided by the token and the password.
        var request = new ResourceRequest(user, Verb.Create, definition, "");
        var stored = await pipeline.CreateAsync(
            request, Order(signerName, csrPem), WriteOptions.Default, cancellationToken);
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await WaitAsync(request, stored, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ApiException(StatusReason.ServiceUnavailable,
                $"the certificate request {stored.Key.Name} was not signed within {Patience.TotalSeconds} s; "
                + "are the controllers of the server running? 'minikube status' tells")
            {
                RetryAfterSeconds = 5,
            };
        }
    }

    private async Task<string> WaitAsync(ResourceRequest request, StoredObject created, CancellationToken cancellationToken)
    {
        await foreach (var batch in pipeline.FollowAsync(request, created.Revision, cancellationToken))
        {
            for (var index = 0; index < batch.Events.Length; index++)
            {
                var now = batch.Events.Span[index].Object;
                if (now.Key == created.Key && CertificateOf((V1CertificateSigningRequest)request.Definition.View(now).Item) is { } pem)
                {
                    return pem;
                }
            }
        }

        throw new ApiException(StatusReason.ServiceUnavailable, "the server is stopping; try again");
    }

    private static string? CertificateOf(V1CertificateSigningRequest request)
    {
        var refused = (request.Status?.Conditions ?? []).FirstOrDefault(static one => one.Type is "Denied" or "Failed");
        if (refused is not null)
        {
            throw new ApiException(StatusReason.Forbidden,
                $"the certificate request {request.Metadata.Name} was refused ({refused.Type}): {refused.Message}");
        }

        return request.Status?.Certificate is { Length: > 0 } issued ? Encoding.ASCII.GetString(issued) : null;
    }

    private static V1CertificateSigningRequest Order(string signerName, string csrPem) => new()
    {
        ApiVersion = "certificates.k8s.io/v1",
        Kind = "CertificateSigningRequest",
        Metadata = new V1ObjectMeta { GenerateName = NamePrefix },
        Spec = new V1CertificateSigningRequestSpec
        {
            Request = Encoding.ASCII.GetBytes(csrPem),
            SignerName = signerName,
            Usages = ["digital signature", signerName == CertificateSigners.NodeServing ? "server auth" : "client auth"],
        },
    };
}
