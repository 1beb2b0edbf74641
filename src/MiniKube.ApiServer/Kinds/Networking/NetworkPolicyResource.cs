using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class NetworkPolicyResource : ResourceDefinition<V1NetworkPolicy>
{
    public NetworkPolicyResource()
        : base(new Gvr("networking.k8s.io", "v1", "networkpolicies"), Scope.Namespaced, "NetworkPolicy")
    {
        ShortNames = ["netpol"];
        HasGeneration = true;
        Column("Pod-Selector", policy => ColumnText.Selector(policy.Spec?.PodSelector));
    }

    protected override void ApplyDefaults(V1NetworkPolicy policy)
    {
        var spec = policy.Spec ??= new V1NetworkPolicySpec();
        spec.PodSelector ??= new V1LabelSelector();
        foreach (var port in (spec.Ingress ?? []).SelectMany(rule => rule.Ports ?? [])
            .Concat((spec.Egress ?? []).SelectMany(rule => rule.Ports ?? [])))
        {
            port.Protocol = string.IsNullOrEmpty(port.Protocol) ? "TCP" : port.Protocol;
        }

        if (spec.PolicyTypes is not { Count: > 0 })
        {
            spec.PolicyTypes = spec.Egress is { Count: > 0 } ? ["Ingress", "Egress"] : ["Ingress"];
        }
    }

    protected override void Validate(V1NetworkPolicy policy, FieldErrors errors) => NetworkPolicyRules.Validate(policy.Spec, errors);
}
