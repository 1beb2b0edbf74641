using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class PodTemplateResource : ResourceDefinition<V1PodTemplate>
{
    public PodTemplateResource()
        : base(Gvr.Core("v1", "podtemplates"), Scope.Namespaced, "PodTemplate")
    {
        ReturnsDeletedObject = true;
        HasGeneration = true;
        Column("Containers", item => ColumnText.ContainerNames(item.Template));
        Column("Images", item => ColumnText.ContainerImages(item.Template));
        Column("Pod Labels", item => ColumnText.OrNone(string.Join(
            ",", (item.Template?.Metadata?.Labels ?? new Dictionary<string, string>()).Select(one => $"{one.Key}={one.Value}"))));
    }

    protected override void ApplyDefaults(V1PodTemplate item) => PodDefaults.ApplyToTemplate(item.Template ??= new V1PodTemplateSpec());

    protected override void Validate(V1PodTemplate item, FieldErrors errors)
    {
        MetadataRules.ValidateLabels(item.Template.Metadata?.Labels, "template.labels", errors);
        MetadataRules.ValidateAnnotations(item.Template.Metadata?.Annotations, "template.annotations", errors);
        PodSpecRules.Validate(item.Template.Spec, "template.spec", errors);
    }
}
