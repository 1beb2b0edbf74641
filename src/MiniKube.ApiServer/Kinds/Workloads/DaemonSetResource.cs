using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class DaemonSetResource : ResourceDefinition<V1DaemonSet>
{
    public DaemonSetResource()
        : base(new Gvr("apps", "v1", "daemonsets"), Scope.Namespaced, "DaemonSet")
    {
        ShortNames = ["ds"];
        Categories = ["all"];
        HasStatus = true;
        HasGeneration = true;
        Column("Desired", set => set.Status?.DesiredNumberScheduled ?? 0, "integer");
        Column("Current", set => set.Status?.CurrentNumberScheduled ?? 0, "integer");
        Column("Ready", set => set.Status?.NumberReady ?? 0, "integer");
        Column("Up-to-date", set => set.Status?.UpdatedNumberScheduled ?? 0, "integer");
        Column("Available", set => set.Status?.NumberAvailable ?? 0, "integer");
        Column("Node Selector", NodeSelector);
        Column("Age", (set, now) => ColumnText.Since(set.Metadata.CreationTimestamp, now));
        Column("Containers", set => ColumnText.ContainerNames(set.Spec.Template), wide: true);
        Column("Images", set => ColumnText.ContainerImages(set.Spec.Template), wide: true);
        Column("Selector", set => ColumnText.Selector(set.Spec.Selector), wide: true);
    }

    protected override void ApplyDefaults(V1DaemonSet set)
    {
        var spec = set.Spec ??= new V1DaemonSetSpec();
        spec.RevisionHistoryLimit ??= 10;
        ApplyStrategy(spec.UpdateStrategy ??= new V1DaemonSetUpdateStrategy());
        PodDefaults.ApplyToTemplate(spec.Template ??= new V1PodTemplateSpec());
    }

    protected override void PrepareForCreate(V1DaemonSet set) => set.Status = new V1DaemonSetStatus();

    protected override void PrepareForUpdate(V1DaemonSet set, V1DaemonSet old) => set.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1DaemonSet set, V1DaemonSet old) => set.Spec = old.Spec;

    protected override void Validate(V1DaemonSet set, FieldErrors errors) => DaemonSetRules.Validate(set.Spec, errors);

    protected override void ValidateUpdate(V1DaemonSet set, V1DaemonSet old, FieldErrors errors)
        => WorkloadRules.ValidateSelectorUpdate(set.Spec.Selector, old.Spec.Selector, errors);

    private static string NodeSelector(V1DaemonSet set)
        => ColumnText.OrNone(string.Join(",", (set.Spec.Template?.Spec?.NodeSelector ?? new Dictionary<string, string>())
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}={label.Value}")));

    private static void ApplyStrategy(V1DaemonSetUpdateStrategy strategy)
    {
        strategy.Type = string.IsNullOrEmpty(strategy.Type) ? "RollingUpdate" : strategy.Type;
        if (strategy.Type == "RollingUpdate")
        {
            strategy.RollingUpdate ??= new V1RollingUpdateDaemonSet();
            strategy.RollingUpdate.MaxUnavailable ??= 1;
            strategy.RollingUpdate.MaxSurge ??= 0;
        }
    }
}
