using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class RoleResource : ResourceDefinition<V1Role>
{
    public RoleResource()
        : base(new Gvr(RbacTexts.Group, "v1", "roles"), Scope.Namespaced, RbacTexts.Role)
    {
        NameRule = NameRule.PathSegment;
        Column("Created At", role => RbacTexts.Created(role.Metadata));
    }

    protected override void Validate(V1Role role, FieldErrors errors)
        => PolicyRuleRules.Validate(role.Rules, isNamespaced: true, errors);
}
