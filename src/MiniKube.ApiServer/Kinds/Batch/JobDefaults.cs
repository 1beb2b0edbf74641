using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// What a Job gets when the user says nothing.
/// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/
/// </summary>
internal static class JobDefaults
{
    private const int BackoffLimit = 6;

    private static readonly string[] UidLabels = ["batch.kubernetes.io/controller-uid", "controller-uid"];
    private static readonly string[] NameLabels = ["batch.kubernetes.io/job-name", "job-name"];

    public static void Apply(V1Job job)
    {
        var spec = job.Spec ??= new V1JobSpec();
        if (spec is { Completions: null, Parallelism: null })
        {
            spec.Completions = 1;
        }

        spec.Parallelism ??= 1;
        spec.BackoffLimit ??= spec.BackoffLimitPerIndex is null ? BackoffLimit : int.MaxValue;
        spec.CompletionMode = string.IsNullOrEmpty(spec.CompletionMode) ? "NonIndexed" : spec.CompletionMode;
        spec.Suspend ??= false;
        if (string.IsNullOrEmpty(spec.PodReplacementPolicy))
        {
            spec.PodReplacementPolicy = spec.PodFailurePolicy is null ? "TerminatingOrFailed" : "Failed";
        }

        foreach (var condition in (spec.PodFailurePolicy?.Rules ?? []).SelectMany(rule => rule.OnPodConditions ?? []))
        {
            condition.Status = string.IsNullOrEmpty(condition.Status) ? "True" : condition.Status;
        }

        PodDefaults.ApplyToTemplate(spec.Template ??= new V1PodTemplateSpec());
        CopyLabels(job);
    }

    /// <summary>The selector of a Job is the server's to choose, by the Job's uid, unless the user insists.</summary>
    public static void GenerateSelector(V1Job job)
    {
        if (job.Spec.ManualSelector == true)
        {
            return;
        }

        var labels = job.Spec.Template.Metadata.Labels ??= new Dictionary<string, string>();
        foreach (var label in UidLabels)
        {
            labels[label] = job.Metadata.Uid ?? "";
        }

        foreach (var label in NameLabels)
        {
            labels[label] = job.Metadata.Name ?? "";
        }

        job.Spec.Selector ??= new V1LabelSelector();
        job.Spec.Selector.MatchLabels ??= new Dictionary<string, string>();
        job.Spec.Selector.MatchLabels[UidLabels[0]] = job.Metadata.Uid ?? "";
        CopyLabels(job);
    }

    private static void CopyLabels(V1Job job)
    {
        if (job.Metadata.Labels is not { Count: > 0 } && job.Spec.Template.Metadata.Labels is { Count: > 0 } labels)
        {
            job.Metadata.Labels = new Dictionary<string, string>(labels);
        }
    }
}
