using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ValidatingAdmissionPolicyBindingResource : ResourceDefinition<V1ValidatingAdmissionPolicyBinding>
{
    public ValidatingAdmissionPolicyBindingResource()
        : base(
            new Gvr("admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings"),
            Scope.Cluster,
            "ValidatingAdmissionPolicyBinding")
    {
        HasGeneration = true;
        Categories = ["api-extensions"];
        Column("PolicyName", item => item.Spec?.PolicyName);
        Column("ParamRef", item => PolicyDefaults.Text(item.Spec?.ParamRef));
    }

    protected override void ApplyDefaults(V1ValidatingAdmissionPolicyBinding item)
    {
        item.Spec ??= new V1ValidatingAdmissionPolicyBindingSpec();
        PolicyDefaults.Apply(item.Spec.MatchResources);
    }

    protected override void Validate(V1ValidatingAdmissionPolicyBinding item, FieldErrors errors)
    {
        PolicyRules.ValidateBinding(item.Spec.PolicyName, item.Spec.ParamRef, item.Spec.MatchResources, errors);
        ValidatingPolicyRules.ValidateActions([.. item.Spec.ValidationActions ?? []], errors);
    }
}
