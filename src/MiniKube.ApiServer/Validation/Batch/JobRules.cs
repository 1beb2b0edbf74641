using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Jobs. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/</summary>
internal static class JobRules
{
    private const int IndexedParallelismMax = 100_000;

    public static void Validate(V1Job job, FieldErrors errors)
    {
        ValidateSpec(job.Spec, "spec", errors);
        if (job.Spec.Selector is null)
        {
            errors.Required("spec.selector");
            return;
        }

        SelectorRules.Validate(job.Spec.Selector, "spec.selector", errors);
        var labels = job.Spec.Template.Metadata?.Labels;
        if (SelectorRules.IsUsable(job.Spec.Selector) && !LabelSelector.Of(job.Spec.Selector)!.Matches(labels))
        {
            errors.Invalid(
                "spec.template.metadata.labels",
                string.Join(",", (labels ?? new Dictionary<string, string>()).Select(one => $"{one.Key}={one.Value}")),
                "`selector` does not match template `labels`");
        }
    }

    /// <summary>The specification of a Job, alone or in a template of a CronJob.</summary>
    public static void ValidateSpec(V1JobSpec spec, string path, FieldErrors errors)
    {
        errors.NotNegative($"{path}.parallelism", spec.Parallelism);
        errors.NotNegative($"{path}.completions", spec.Completions);
        errors.NotNegative($"{path}.activeDeadlineSeconds", spec.ActiveDeadlineSeconds);
        errors.NotNegative($"{path}.backoffLimit", spec.BackoffLimit);
        errors.NotNegative($"{path}.ttlSecondsAfterFinished", spec.TtlSecondsAfterFinished);
        errors.NotNegative($"{path}.backoffLimitPerIndex", spec.BackoffLimitPerIndex);
        errors.NotNegative($"{path}.maxFailedIndexes", spec.MaxFailedIndexes);
        ValidateCompletionMode(spec, path, errors);
        if (spec.PodReplacementPolicy is not null)
        {
            errors.OneOf($"{path}.podReplacementPolicy", spec.PodReplacementPolicy, "Failed", "TerminatingOrFailed");
        }

        PodFailurePolicyRules.Validate(spec.PodFailurePolicy, $"{path}.podFailurePolicy", errors);
        ValidateTemplate(spec, $"{path}.template", errors);
    }

    public static void ValidateUpdate(V1JobSpec spec, V1JobSpec old, V1JobStatus? status, FieldErrors errors)
    {
        ValidateCompletions(spec, old, errors);
        errors.Immutable("spec.selector", spec.Selector, old.Selector);
        errors.Immutable("spec.completionMode", spec.CompletionMode, old.CompletionMode);
        errors.Immutable("spec.podFailurePolicy", spec.PodFailurePolicy, old.PodFailurePolicy);
        errors.Immutable("spec.backoffLimitPerIndex", spec.BackoffLimitPerIndex, old.BackoffLimitPerIndex);
        errors.Immutable("spec.managedBy", spec.ManagedBy, old.ManagedBy);
        errors.Immutable("spec.successPolicy", spec.SuccessPolicy, old.SuccessPolicy);

        // Where pods of a Job go may be changed while it is suspended and has not begun.
        var template = spec.Template;
        if (old.Suspend == true && status?.StartTime is null)
        {
            template = template with
            {
                Metadata = old.Template.Metadata,
                Spec = template.Spec with
                {
                    NodeSelector = old.Template.Spec.NodeSelector,
                    Tolerations = old.Template.Spec.Tolerations,
                    Affinity = old.Template.Spec.Affinity,
                    SchedulingGates = old.Template.Spec.SchedulingGates,
                },
            };
        }

        errors.Immutable("spec.template", template, old.Template);
    }

    private static void ValidateCompletions(V1JobSpec spec, V1JobSpec old, FieldErrors errors)
    {
        // An indexed Job is elastic as long as its completions and its parallelism change together.
        var elastic = spec.CompletionMode == "Indexed" && spec.Completions is not null && spec.Completions == spec.Parallelism;
        if (!elastic)
        {
            errors.Immutable("spec.completions", spec.Completions, old.Completions);
        }
    }

    private static void ValidateCompletionMode(V1JobSpec spec, string path, FieldErrors errors)
    {
        if (spec.CompletionMode is not ("Indexed" or "NonIndexed"))
        {
            errors.NotSupported($"{path}.completionMode", spec.CompletionMode, ["Indexed", "NonIndexed"]);
        }

        if (spec.CompletionMode != "Indexed")
        {
            if (spec.BackoffLimitPerIndex is not null)
            {
                errors.Invalid($"{path}.backoffLimitPerIndex", spec.BackoffLimitPerIndex, "requires indexed completion mode");
            }

            return;
        }

        if (spec.Completions is null)
        {
            errors.Required($"{path}.completions", "when completion mode is Indexed");
        }

        if (spec.Parallelism > IndexedParallelismMax)
        {
            errors.Invalid(
                $"{path}.parallelism",
                spec.Parallelism,
                $"must be less than or equal to {IndexedParallelismMax} when completion mode is Indexed");
        }
    }

    private static void ValidateTemplate(V1JobSpec spec, string path, FieldErrors errors)
    {
        var template = spec.Template;
        MetadataRules.ValidateLabels(template.Metadata?.Labels, $"{path}.labels", errors);
        MetadataRules.ValidateAnnotations(template.Metadata?.Annotations, $"{path}.annotations", errors);
        PodSpecRules.Validate(template.Spec, $"{path}.spec", errors);
        if (template.Spec.RestartPolicy == "Always")
        {
            errors.Required($"{path}.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"");
        }
        else if (spec.PodFailurePolicy is not null && template.Spec.RestartPolicy != "Never")
        {
            errors.Invalid(
                $"{path}.spec.restartPolicy",
                template.Spec.RestartPolicy,
                "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }
}
