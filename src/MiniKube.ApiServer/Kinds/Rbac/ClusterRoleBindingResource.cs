using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ClusterRoleBindingResource : ResourceDefinition<V1ClusterRoleBinding>
{
    public ClusterRoleBindingResource()
        : base(new Gvr(RbacTexts.Group, "v1", "clusterrolebindings"), Scope.Cluster, "ClusterRoleBinding")
    {
        NameRule = NameRule.PathSegment;
        Column("Role", binding => RbacTexts.RoleOf(binding.RoleRef));
        Column("Users", binding => RbacTexts.Users(binding.Subjects), wide: true);
        Column("Groups", binding => RbacTexts.Groups(binding.Subjects), wide: true);
        Column("ServiceAccounts", binding => RbacTexts.Accounts(binding.Subjects), wide: true);
    }

    protected override void ApplyDefaults(V1ClusterRoleBinding binding) => RbacTexts.ApplyDefaults(binding.Subjects, binding.RoleRef);

    protected override void Validate(V1ClusterRoleBinding binding, FieldErrors errors)
        => RoleBindingRules.Validate(binding.RoleRef, binding.Subjects, isNamespaced: false, errors);

    protected override void ValidateUpdate(V1ClusterRoleBinding binding, V1ClusterRoleBinding old, FieldErrors errors)
        => RoleBindingRules.ValidateUpdate(binding.RoleRef, old.RoleRef, errors);
}
