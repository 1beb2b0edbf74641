using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ServiceAccountResource : ResourceDefinition<V1ServiceAccount>
{
    public ServiceAccountResource()
        : base(Gvr.Core("v1", "serviceaccounts"), Scope.Namespaced, "ServiceAccount")
    {
        ReturnsDeletedObject = true;
        ShortNames = ["sa"];
        Subresources = [new SubresourceDefinition("token", new Gvk("authentication.k8s.io", "v1", "TokenRequest"), ["create"])];
        Column("Secrets", account => account.Secrets?.Count ?? 0);
    }
}
