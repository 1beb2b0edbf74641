using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class LeaseResource : ResourceDefinition<V1Lease>
{
    public LeaseResource()
        : base(new Gvr("coordination.k8s.io", "v1", "leases"), Scope.Namespaced, "Lease")
    {
        Column("Holder", lease => lease.Spec?.HolderIdentity ?? "");
    }

    protected override void Validate(V1Lease lease, FieldErrors errors) => LeaseRules.Validate(lease, errors);
}
