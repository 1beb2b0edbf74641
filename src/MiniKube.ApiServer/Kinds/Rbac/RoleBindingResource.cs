using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class RoleBindingResource : ResourceDefinition<V1RoleBinding>
{
    public RoleBindingResource()
        : base(new Gvr(RbacTexts.Group, "v1", "rolebindings"), Scope.Namespaced, "RoleBinding")
    {
        NameRule = NameRule.PathSegment;
        Column("Role", binding => RbacTexts.RoleOf(binding.RoleRef));
        Column("Users", binding => RbacTexts.Users(binding.Subjects), wide: true);
        Column("Groups", binding => RbacTexts.Groups(binding.Subjects), wide: true);
        Column("ServiceAccounts", binding => RbacTexts.Accounts(binding.Subjects), wide: true);
    }

    protected override void ApplyDefaults(V1RoleBinding binding) => RbacTexts.ApplyDefaults(binding.Subjects, binding.RoleRef);

    protected override void Validate(V1RoleBinding binding, FieldErrors errors)
        => RoleBindingRules.Validate(binding.RoleRef, binding.Subjects, isNamespaced: true, errors);

    protected override void ValidateUpdate(V1RoleBinding binding, V1RoleBinding old, FieldErrors errors)
        => RoleBindingRules.ValidateUpdate(binding.RoleRef, old.RoleRef, errors);
}
