using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What workloads share: a selector, and a template of pods that run for ever and fit it.</summary>
internal static class WorkloadRules
{
    /// <param name="kind">The kind as messages name it: <c>StatefulSet</c>.</param>
    /// <param name="selector">Which pods are the workload's.</param>
    /// <param name="template">What its pods are made from.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static void ValidateTemplate(
        string kind, V1LabelSelector? selector, V1PodTemplateSpec? template, FieldErrors errors)
    {
        // Kubernetes has one set of rules for both kinds, and names one in each message.
        var ofReplicas = kind is "Deployment" or "ReplicaSet";
        ValidateSelector(ofReplicas ? "Deployment" : kind, selector, errors);
        if (template is null)
        {
            errors.Required("spec.template");
            return;
        }

        var labels = template.Metadata?.Labels;
        MetadataRules.ValidateLabels(labels, "spec.template.labels", errors);
        MetadataRules.ValidateAnnotations(template.Metadata?.Annotations, "spec.template.annotations", errors);
        if (selector is not null && SelectorRules.IsUsable(selector) && !LabelSelector.Of(selector)!.Matches(labels))
        {
            errors.Invalid("spec.template.metadata.labels", Text(labels), "`selector` does not match template `labels`");
        }

        PodSpecRules.Validate(template.Spec, "spec.template.spec", errors);
        if (template.Spec.RestartPolicy is { Length: > 0 } and not "Always")
        {
            errors.NotSupported("spec.template.spec.restartPolicy", template.Spec.RestartPolicy, ["Always"]);
        }

        if (template.Spec.ActiveDeadlineSeconds is not null)
        {
            errors.Forbidden(
                "spec.template.spec.activeDeadlineSeconds",
                $"activeDeadlineSeconds in {(ofReplicas ? "ReplicaSet" : kind)} is not Supported");
        }
    }

    public static void ValidateSelectorUpdate(V1LabelSelector? selector, V1LabelSelector? old, FieldErrors errors)
    {
        if (!JsonChanges.AreEqual(selector, old))
        {
            errors.Invalid("spec.selector", Text(selector), "field is immutable");
        }
    }

    private static void ValidateSelector(string kind, V1LabelSelector? selector, FieldErrors errors)
    {
        if (selector is null)
        {
            errors.Required("spec.selector");
            return;
        }

        SelectorRules.Validate(selector, "spec.selector", errors);
        if (selector is { MatchLabels: not { Count: > 0 }, MatchExpressions: not { Count: > 0 } })
        {
            errors.Invalid("spec.selector", "{}", $"empty selector is invalid for {kind.ToLowerInvariant()}");
        }
    }

    private static string Text(IDictionary<string, string>? labels)
        => string.Join(",", (labels ?? new Dictionary<string, string>()).Select(label => $"{label.Key}={label.Value}"));

    private static string Text(V1LabelSelector? selector)
        => selector is not null && SelectorRules.IsUsable(selector) ? LabelSelector.Of(selector)!.ToString() : "";
}
