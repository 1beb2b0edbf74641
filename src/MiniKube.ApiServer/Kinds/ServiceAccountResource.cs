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
        Column("Secrets", account => account.Secrets?.Count ?? 0);
    }
}
