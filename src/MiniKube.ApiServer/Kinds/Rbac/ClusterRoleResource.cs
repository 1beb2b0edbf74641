using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ClusterRoleResource : ResourceDefinition<V1ClusterRole>
{
    public ClusterRoleResource()
        : base(new Gvr(RbacTexts.Group, "v1", "clusterroles"), Scope.Cluster, RbacTexts.ClusterRole)
    {
        NameRule = NameRule.PathSegment;
        Column("Created At", role => RbacTexts.Created(role.Metadata));
    }

    protected override void Validate(V1ClusterRole role, FieldErrors errors)
        => PolicyRuleRules.Validate(role.Rules, isNamespaced: false, errors);
}
