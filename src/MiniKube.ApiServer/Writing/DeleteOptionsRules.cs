using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What a client may ask of a deletion.</summary>
internal static class DeleteOptionsRules
{
    private static readonly string[] Policies = ["Foreground", "Background", "Orphan"];

    /// <exception cref="ApiException">Invalid, with every cause.</exception>
    public static void Validate(V1DeleteOptions options)
    {
        var errors = new FieldErrors();
        if (options.PropagationPolicy is { } policy && !Policies.Contains(policy))
        {
            errors.NotSupported("propagationPolicy", policy, Policies);
        }

        if (options.PropagationPolicy is not null && options.OrphanDependents is not null)
        {
            errors.Invalid("propagationPolicy", options.PropagationPolicy,
                "orphanDependents and deletionPropagation cannot be both set");
        }

        foreach (var value in options.DryRun ?? [])
        {
            if (value != "All")
            {
                errors.NotSupported("dryRun", value, ["All"]);
            }
        }

        errors.ThrowIfAny(new Gvk("meta.k8s.io", "v1", "DeleteOptions"), "");
    }
}
