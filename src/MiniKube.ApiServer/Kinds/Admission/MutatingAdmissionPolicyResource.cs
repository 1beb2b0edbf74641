using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class MutatingAdmissionPolicyResource : ResourceDefinition<V1MutatingAdmissionPolicy>
{
    public MutatingAdmissionPolicyResource()
        : base(new Gvr("admissionregistration.k8s.io", "v1", "mutatingadmissionpolicies"), Scope.Cluster, "MutatingAdmissionPolicy")
    {
        HasGeneration = true;
        Categories = ["api-extensions"];
        Column("Mutations", item => (long)(item.Spec?.Mutations?.Count ?? 0), "integer");
        Column("ParamKind", item => PolicyDefaults.Text(item.Spec?.ParamKind));
    }

    protected override void ApplyDefaults(V1MutatingAdmissionPolicy item)
    {
        item.Spec ??= new V1MutatingAdmissionPolicySpec();
        item.Spec.FailurePolicy ??= "Fail";
        PolicyDefaults.Apply(item.Spec.MatchConstraints);
    }

    protected override void Validate(V1MutatingAdmissionPolicy item, FieldErrors errors)
        => MutatingPolicyRules.Validate(item.Spec, errors);
}
