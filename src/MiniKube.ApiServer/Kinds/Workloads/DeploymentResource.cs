using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class DeploymentResource : ResourceDefinition<V1Deployment>
{
    public DeploymentResource()
        : base(new Gvr("apps", "v1", "deployments"), Scope.Namespaced, "Deployment")
    {
        ShortNames = ["deploy"];
        Categories = ["all"];
        HasStatus = true;
        HasGeneration = true;
        Scale = new ScaleMapping(
            item => ((V1Deployment)item).Spec.Replicas ?? 1,
            (item, replicas) => ((V1Deployment)item).Spec.Replicas = replicas,
            item => ((V1Deployment)item).Status?.Replicas ?? 0,
            item => LabelSelector.Of(((V1Deployment)item).Spec.Selector)?.ToString() ?? "");
        Column("Ready", deployment => $"{deployment.Status?.ReadyReplicas ?? 0}/{deployment.Spec.Replicas ?? 0}");
        Column("Up-to-date", deployment => deployment.Status?.UpdatedReplicas ?? 0);
        Column("Available", deployment => deployment.Status?.AvailableReplicas ?? 0);
        Column("Age", (deployment, now) => ColumnText.Since(deployment.Metadata.CreationTimestamp, now));
        Column("Containers", deployment => ColumnText.ContainerNames(deployment.Spec.Template), wide: true);
        Column("Images", deployment => ColumnText.ContainerImages(deployment.Spec.Template), wide: true);
        Column("Selector", deployment => ColumnText.Selector(deployment.Spec.Selector), wide: true);
    }

    protected override void ApplyDefaults(V1Deployment deployment)
    {
        var spec = deployment.Spec ??= new V1DeploymentSpec();
        spec.Replicas ??= 1;
        spec.RevisionHistoryLimit ??= 10;
        spec.ProgressDeadlineSeconds ??= 600;
        ApplyStrategy(spec.Strategy ??= new V1DeploymentStrategy());
        PodDefaults.ApplyToTemplate(spec.Template ??= new V1PodTemplateSpec());
    }

    protected override void PrepareForCreate(V1Deployment deployment) => deployment.Status = new V1DeploymentStatus();

    protected override void PrepareForUpdate(V1Deployment deployment, V1Deployment old) => deployment.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1Deployment deployment, V1Deployment old)
    {
        deployment.Spec = old.Spec;
        deployment.Metadata.Labels = old.Metadata.Labels;
    }

    protected override void Validate(V1Deployment deployment, FieldErrors errors) => DeploymentRules.Validate(deployment.Spec, errors);

    protected override void ValidateUpdate(V1Deployment deployment, V1Deployment old, FieldErrors errors)
        => WorkloadRules.ValidateSelectorUpdate(deployment.Spec.Selector, old.Spec.Selector, errors);

    private static void ApplyStrategy(V1DeploymentStrategy strategy)
    {
        strategy.Type = string.IsNullOrEmpty(strategy.Type) ? "RollingUpdate" : strategy.Type;
        if (strategy.Type != "RollingUpdate")
        {
            return;
        }

        strategy.RollingUpdate ??= new V1RollingUpdateDeployment();
        strategy.RollingUpdate.MaxUnavailable ??= "25%";
        strategy.RollingUpdate.MaxSurge ??= "25%";
    }
}
