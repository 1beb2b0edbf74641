using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Every namespace has the ConfigMap <c>kube-root-ca.crt</c>, by which pods know the API server. Keys are namespaces.
/// </summary>
internal sealed class RootCertificateReconciler(
    IApiClient client, Informer<V1Namespace> namespaces, Informer<V1ConfigMap> configMaps, TrustedAuthorities authorities)
    : IReconciler
{
    public const string MapName = "kube-root-ca.crt";

    private const string CertificateKey = "ca.crt";

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (namespaces.Find(key) is not { } home || home.IsDeleting())
        {
            return ReconcileResult.Done;
        }

        var existing = configMaps.Find(new ObjectKey(key.Name, MapName));
        if (existing is null)
        {
            await client.CreateAsync(MapFor(key.Name), cancellationToken);
        }
        else if (!Same.Entries(existing.Data, Contents()))
        {
            await client.UpdateAsync(existing with { Data = Contents() }, subresource: null, cancellationToken);
        }

        return ReconcileResult.Done;
    }

    private V1ConfigMap MapFor(string home) => new()
    {
        ApiVersion = "v1",
        Kind = "ConfigMap",
        Metadata = new V1ObjectMeta { Name = MapName, NamespaceProperty = home },
        Data = Contents(),
    };

    private Dictionary<string, string> Contents() => new() { [CertificateKey] = authorities.Pem };
}
