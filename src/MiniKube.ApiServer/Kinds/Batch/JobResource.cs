using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class JobResource : ResourceDefinition<V1Job>
{
    public JobResource()
        : base(new Gvr("batch", "v1", "jobs"), Scope.Namespaced, "Job")
    {
        Categories = ["all"];
        HasStatus = true;
        HasGeneration = true;
        Column("Status", JobTexts.Status);
        Column("Completions", JobTexts.Completions);
        Column("Duration", JobTexts.Duration);
        Column("Age", (job, now) => ColumnText.Since(job.Metadata.CreationTimestamp, now));
        Column("Containers", job => ColumnText.ContainerNames(job.Spec.Template), wide: true);
        Column("Images", job => ColumnText.ContainerImages(job.Spec.Template), wide: true);
        Column("Selector", job => ColumnText.Selector(job.Spec.Selector), wide: true);
        Field("status.successful", job => JobTexts.Number(job.Status?.Succeeded ?? 0));
    }

    protected override void ApplyDefaults(V1Job job) => JobDefaults.Apply(job);

    protected override void PrepareForCreate(V1Job job)
    {
        job.Status = new V1JobStatus();
        JobDefaults.GenerateSelector(job);
    }

    protected override void PrepareForUpdate(V1Job job, V1Job old) => job.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1Job job, V1Job old) => job.Spec = old.Spec;

    protected override void Validate(V1Job job, FieldErrors errors) => JobRules.Validate(job, errors);

    protected override void ValidateUpdate(V1Job job, V1Job old, FieldErrors errors)
        => JobRules.ValidateUpdate(job.Spec, old.Spec, old.Status, errors);
}
