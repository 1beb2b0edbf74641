using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class MutatingAdmissionPolicyBindingResource : ResourceDefinition<V1MutatingAdmissionPolicyBinding>
{
    public MutatingAdmissionPolicyBindingResource()
        : base(
            new Gvr("admissionregistration.k8s.io", "v1", "mutatingadmissionpolicybindings"),
            Scope.Cluster,
            "MutatingAdmissionPolicyBinding")
    {
        HasGeneration = true;
        Categories = ["api-extensions"];
        Column("PolicyName", item => item.Spec?.PolicyName);
        Column("ParamRef", item => PolicyDefaults.Text(item.Spec?.ParamRef));
    }

    protected override void ApplyDefaults(V1MutatingAdmissionPolicyBinding item)
    {
        item.Spec ??= new V1MutatingAdmissionPolicyBindingSpec();
        PolicyDefaults.Apply(item.Spec.MatchResources);
    }

    protected override void Validate(V1MutatingAdmissionPolicyBinding item, FieldErrors errors)
    {
        PolicyRules.ValidateBinding(item.Spec.PolicyName, item.Spec.ParamRef, item.Spec.MatchResources, errors);
        MutatingPolicyRules.ValidateOperations(item.Spec.MatchResources, "spec.matchResources", errors);
    }
}
