using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What Kubernetes fills into policies and bindings that leave it out, and how they are printed.</summary>
internal static class PolicyDefaults
{
    public static void Apply(V1MatchResources? resources)
    {
        if (resources is null)
        {
            return;
        }

        resources.MatchPolicy ??= "Equivalent";
        resources.NamespaceSelector ??= new V1LabelSelector();
        resources.ObjectSelector ??= new V1LabelSelector();
        foreach (var rule in (resources.ResourceRules ?? []).Concat(resources.ExcludeResourceRules ?? []))
        {
            rule.Scope ??= "*";
        }
    }

    public static string Text(V1ParamKind? kind) => kind is null ? "<unset>" : $"{kind.ApiVersion}/{kind.Kind}";

    public static string Text(V1ParamRef? reference) => reference switch
    {
        { Name.Length: > 0, NamespaceProperty.Length: > 0 } => $"{reference.NamespaceProperty}/{reference.Name}",
        { Name.Length: > 0 } => $"*/{reference.Name}",
        { Selector: { } selector } => LabelSelector.Of(selector)!.ToString(),
        _ => "<unset>",
    };
}
