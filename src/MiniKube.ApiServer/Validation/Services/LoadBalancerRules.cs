using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What services of type LoadBalancer may say, and what only they may.</summary>
internal static class LoadBalancerRules
{
    private const string OnlyBalanced = "may only be used when `type` is 'LoadBalancer'";

    public static void Validate(V1ServiceSpec spec, FieldErrors errors)
    {
        var isBalanced = spec.Type == "LoadBalancer";
        if (spec.LoadBalancerSourceRanges is { Count: > 0 } && !isBalanced)
        {
            errors.Forbidden("spec.loadBalancerSourceRanges", OnlyBalanced);
        }

        for (var index = 0; index < (spec.LoadBalancerSourceRanges?.Count ?? 0); index++)
        {
            var range = spec.LoadBalancerSourceRanges![index];
            errors.Invalid($"spec.loadBalancerSourceRanges[{index}]", range, Names.CheckCidr(range.Trim()));
        }

        if (!string.IsNullOrEmpty(spec.LoadBalancerClass))
        {
            errors.Invalid("spec.loadBalancerClass", spec.LoadBalancerClass, Names.CheckQualifiedName(spec.LoadBalancerClass));
            if (!isBalanced)
            {
                errors.Forbidden("spec.loadBalancerClass", OnlyBalanced);
            }
        }

        if (spec.HealthCheckNodePort is > 0 && spec is not { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" })
        {
            errors.Invalid("spec.healthCheckNodePort", spec.HealthCheckNodePort,
                "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
    }

    public static void ValidateUpdate(V1ServiceSpec spec, V1ServiceSpec old, FieldErrors errors)
    {
        var both = spec.Type == "LoadBalancer" && old.Type == "LoadBalancer";
        if (both && (spec.LoadBalancerClass ?? "") != (old.LoadBalancerClass ?? ""))
        {
            errors.Invalid("spec.loadBalancerClass", spec.LoadBalancerClass ?? "", "may not change once set");
        }

        if (both
            && spec.ExternalTrafficPolicy == "Local"
            && old.HealthCheckNodePort is > 0
            && spec.HealthCheckNodePort != old.HealthCheckNodePort)
        {
            errors.Invalid("spec.healthCheckNodePort", spec.HealthCheckNodePort ?? 0, "field is immutable");
        }
    }
}
