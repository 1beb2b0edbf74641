using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class CronJobResource : ResourceDefinition<V1CronJob>
{
    public CronJobResource()
        : base(new Gvr("batch", "v1", "cronjobs"), Scope.Namespaced, "CronJob")
    {
        ShortNames = ["cj"];
        Categories = ["all"];
        HasStatus = true;
        HasGeneration = true;
        Column("Schedule", job => job.Spec.Schedule);
        Column("Timezone", job => ColumnText.OrNone(job.Spec.TimeZone));
        Column("Suspend", job => job.Spec.Suspend switch { null => "<unset>", true => "True", false => "False" });
        Column("Active", job => job.Status?.Active?.Count ?? 0, "integer");
        Column("Last Schedule", (job, now) => job.Status?.LastScheduleTime is { } last ? ColumnText.Since(last, now) : "<none>");
        Column("Age", (job, now) => ColumnText.Since(job.Metadata.CreationTimestamp, now));
        Column("Containers", job => ColumnText.ContainerNames(job.Spec.JobTemplate.Spec?.Template), wide: true);
        Column("Images", job => ColumnText.ContainerImages(job.Spec.JobTemplate.Spec?.Template), wide: true);
        Column("Selector", job => ColumnText.Selector(job.Spec.JobTemplate.Spec?.Selector), wide: true);
    }

    protected override void ApplyDefaults(V1CronJob job)
    {
        var spec = job.Spec ??= new V1CronJobSpec();
        spec.ConcurrencyPolicy = string.IsNullOrEmpty(spec.ConcurrencyPolicy) ? "Allow" : spec.ConcurrencyPolicy;
        spec.Suspend ??= false;
        spec.SuccessfulJobsHistoryLimit ??= 3;
        spec.FailedJobsHistoryLimit ??= 1;
        var template = (spec.JobTemplate ??= new V1JobTemplateSpec()).Spec ??= new V1JobSpec();
        PodDefaults.ApplyToTemplate(template.Template ??= new V1PodTemplateSpec());
    }

    protected override void PrepareForCreate(V1CronJob job) => job.Status = new V1CronJobStatus();

    protected override void PrepareForUpdate(V1CronJob job, V1CronJob old) => job.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1CronJob job, V1CronJob old) => job.Spec = old.Spec;

    protected override void Validate(V1CronJob job, FieldErrors errors) => CronJobRules.Validate(job, errors);
}
