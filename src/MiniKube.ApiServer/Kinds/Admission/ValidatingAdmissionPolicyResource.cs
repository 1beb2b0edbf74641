using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ValidatingAdmissionPolicyResource : ResourceDefinition<V1ValidatingAdmissionPolicy>
{
    public ValidatingAdmissionPolicyResource()
        : base(
            new Gvr("admissionregistration.k8s.io", "v1", "validatingadmissionpolicies"), Scope.Cluster, "ValidatingAdmissionPolicy")
    {
        HasGeneration = true;
        HasStatus = true;
        Categories = ["api-extensions"];
        Column("Validations", item => (long)(item.Spec?.Validations?.Count ?? 0), "integer");
        Column("ParamKind", item => PolicyDefaults.Text(item.Spec?.ParamKind));
    }

    protected override void ApplyDefaults(V1ValidatingAdmissionPolicy item)
    {
        item.Spec ??= new V1ValidatingAdmissionPolicySpec();
        item.Spec.FailurePolicy ??= "Fail";
        PolicyDefaults.Apply(item.Spec.MatchConstraints);
    }

    protected override void PrepareForCreate(V1ValidatingAdmissionPolicy item) => item.Status = null;

    protected override void PrepareForUpdate(V1ValidatingAdmissionPolicy item, V1ValidatingAdmissionPolicy old)
        => item.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1ValidatingAdmissionPolicy item, V1ValidatingAdmissionPolicy old)
        => item.Spec = old.Spec;

    protected override void Validate(V1ValidatingAdmissionPolicy item, FieldErrors errors)
        => ValidatingPolicyRules.Validate(item, errors);
}
