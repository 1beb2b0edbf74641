using System.Security.Cryptography;
using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube;

/// <summary>
/// Has certificates made for a node that is a member already: through CertificateSigningRequests, which the cluster approves
/// because the node asks for itself.
/// https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
/// </summary>
internal sealed class CertificateRenewal(IApiClient client, string nodeName, TimeProvider time)
{
    // As long as kubelets wait; then a new request is made.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public Task<string> ClientAsync(ECDsa key, CancellationToken cancellationToken)
        => OrderAsync(
            NodeCsr.Client(nodeName, key),
            "kubernetes.io/kube-apiserver-client-kubelet",
            ["digital signature", "client auth"],
            cancellationToken);

    public Task<string> ServingAsync(ECDsa key, IReadOnlyList<System.Net.IPAddress> addresses, CancellationToken cancellationToken)
        => OrderAsync(
            NodeCsr.Serving(nodeName, addresses, key),
            "kubernetes.io/kubelet-serving",
            ["digital signature", "server auth"],
            cancellationToken);

    /// <summary>The certificate, PEM.</summary>
    /// <exception cref="ApiException">The cluster does not want to make it, or did not within the time.</exception>
    private async Task<string> OrderAsync(
        string csr, string signer, IList<string> usages, CancellationToken cancellationToken)
    {
        var order = await client.CreateAsync(
            new V1CertificateSigningRequest
            {
                Metadata = new V1ObjectMeta { GenerateName = "csr-" },
                Spec = new V1CertificateSigningRequestSpec
                {
                    Request = Encoding.ASCII.GetBytes(csr),
                    SignerName = signer,
                    Usages = usages,
                },
            },
            cancellationToken);
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await WaitAsync(order, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ApiException(
                StatusReason.Timeout, $"nobody approved {order.Metadata.Name}; see 'kubectl get csr {order.Metadata.Name}'");
        }
    }

    private async Task<string> WaitAsync(V1CertificateSigningRequest order, CancellationToken cancellationToken)
    {
        var query = new ObjectQuery(Fields: $"metadata.name={order.Metadata.Name}");
        var seen = order.Revision();
        while (true)
        {
            // Ends normally when a server closes; the next one goes on from there.
            await foreach (var change in client.WatchAsync<V1CertificateSigningRequest>(query, seen, cancellationToken))
            {
                seen = change.Revision;
                if (change.Type == ObjectEventType.Deleted)
                {
                    throw new ApiException(StatusReason.NotFound, $"{order.Metadata.Name} was deleted before it was answered");
                }

                if (change.Object is { } current && Answer(current) is { } pem)
                {
                    return pem;
                }
            }
        }
    }

    private static string? Answer(V1CertificateSigningRequest order)
    {
        var refused = order.Status?.Conditions?.FirstOrDefault(condition => condition.Type is "Denied" or "Failed");
        if (refused is not null)
        {
            throw new ApiException(
                StatusReason.Forbidden, $"{order.Metadata.Name} was {refused.Type.ToLowerInvariant()}: {refused.Message}");
        }

        return order.Status?.Certificate is { Length: > 0 } pem ? Encoding.ASCII.GetString(pem) : null;
    }
}
