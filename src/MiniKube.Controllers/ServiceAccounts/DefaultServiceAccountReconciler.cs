using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Every namespace has the service account <c>default</c>. Keys are namespaces.</summary>
internal sealed class DefaultServiceAccountReconciler(
    IApiClient client, Informer<V1Namespace> namespaces, Informer<V1ServiceAccount> accounts)
    : IReconciler
{
    public const string AccountName = "default";

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var wanted = new ObjectKey(key.Name, AccountName);
        if (namespaces.Find(key) is not { } home || home.IsDeleting() || accounts.Find(wanted) is not null)
        {
            return ReconcileResult.Done;
        }

        await client.CreateAsync(
            new V1ServiceAccount
            {
                ApiVersion = "v1",
                Kind = "ServiceAccount",
                Metadata = new V1ObjectMeta { Name = AccountName, NamespaceProperty = key.Name },
            },
            cancellationToken);
        return ReconcileResult.Done;
    }
}
