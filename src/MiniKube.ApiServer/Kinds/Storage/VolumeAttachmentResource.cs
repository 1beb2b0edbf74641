using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class VolumeAttachmentResource : ResourceDefinition<V1VolumeAttachment>
{
    public VolumeAttachmentResource()
        : base(new Gvr("storage.k8s.io", "v1", "volumeattachments"), Scope.Cluster, "VolumeAttachment")
    {
        HasStatus = true;
        Column("Attacher", item => item.Spec.Attacher);
        Column("PV", item => item.Spec.Source?.PersistentVolumeName ?? "");
        Column("Node", item => item.Spec.NodeName);
        Column("Attached", item => item.Status?.Attached ?? false, "boolean");
    }

    protected override void ApplyDefaults(V1VolumeAttachment item) => item.Spec ??= new V1VolumeAttachmentSpec();

    protected override void PrepareForCreate(V1VolumeAttachment item) => item.Status = new V1VolumeAttachmentStatus();

    protected override void PrepareForUpdate(V1VolumeAttachment item, V1VolumeAttachment old) => item.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1VolumeAttachment item, V1VolumeAttachment old) => item.Spec = old.Spec;

    protected override void Validate(V1VolumeAttachment item, FieldErrors errors)
    {
        errors.Required("spec.attacher", item.Spec.Attacher, "");
        errors.Required("spec.nodeName", item.Spec.NodeName, "");
        if (item.Spec.Source is null or { InlineVolumeSpec: null, PersistentVolumeName: null or "" })
        {
            errors.Required("spec.source", "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
        }
        else if (item.Spec.Source is { InlineVolumeSpec: not null, PersistentVolumeName: not null })
        {
            errors.Forbidden("spec.source", "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
        }
    }

    protected override void ValidateUpdate(V1VolumeAttachment item, V1VolumeAttachment old, FieldErrors errors)
    {
        if (!JsonChanges.AreEqual(item.Spec, old.Spec))
        {
            errors.Invalid("spec", item.Spec.Attacher, "field is immutable");
        }
    }
}
