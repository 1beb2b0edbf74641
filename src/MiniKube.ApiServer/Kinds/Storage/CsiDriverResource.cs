using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class CsiDriverResource : ResourceDefinition<V1CSIDriver>
{
    public CsiDriverResource()
        : base(new Gvr("storage.k8s.io", "v1", "csidrivers"), Scope.Cluster, "CSIDriver")
    {
        Column("AttachRequired", item => item.Spec.AttachRequired ?? true, "boolean");
        Column("PodInfoOnMount", item => item.Spec.PodInfoOnMount ?? false, "boolean");
        Column("StorageCapacity", item => item.Spec.StorageCapacity ?? false, "boolean");
        Column("TokenRequests", item => item.Spec.TokenRequests is { Count: > 0 } requests
            ? string.Join(",", requests.Select(request => request.Audience))
            : "<unset>");
        Column("RequiresRepublish", item => item.Spec.RequiresRepublish ?? false, "boolean");
        Column("Modes", item => ColumnText.OrNone(string.Join(",", item.Spec.VolumeLifecycleModes ?? [])));
    }

    protected override void ApplyDefaults(V1CSIDriver item)
    {
        var spec = item.Spec ??= new V1CSIDriverSpec();
        spec.AttachRequired ??= true;
        spec.PodInfoOnMount ??= false;
        spec.StorageCapacity ??= false;
        spec.RequiresRepublish ??= false;
        spec.SeLinuxMount ??= false;
        spec.FsGroupPolicy = string.IsNullOrEmpty(spec.FsGroupPolicy) ? "ReadWriteOnceWithFSType" : spec.FsGroupPolicy;
        if (spec.VolumeLifecycleModes is not { Count: > 0 })
        {
            spec.VolumeLifecycleModes = ["Persistent"];
        }
    }

    protected override void Validate(V1CSIDriver item, FieldErrors errors)
    {
        if (item.Metadata.Name?.Length > Names.LabelLengthMax)
        {
            errors.TooLong("metadata.name", Names.LabelLengthMax);
        }

        errors.OneOf("spec.fsGroupPolicy", item.Spec.FsGroupPolicy, "File", "None", "ReadWriteOnceWithFSType");
        foreach (var mode in item.Spec.VolumeLifecycleModes.Where(mode => mode is not ("Ephemeral" or "Persistent")))
        {
            errors.NotSupported("spec.volumeLifecycleModes", mode, ["Ephemeral", "Persistent"]);
        }
    }

    protected override void ValidateUpdate(V1CSIDriver item, V1CSIDriver old, FieldErrors errors)
    {
        errors.Immutable("spec.attachedRequired", item.Spec.AttachRequired, old.Spec.AttachRequired);

        if (!item.Spec.VolumeLifecycleModes.Order().SequenceEqual((old.Spec.VolumeLifecycleModes ?? []).Order()))
        {
            errors.Invalid("spec.volumeLifecycleModes", item.Spec.VolumeLifecycleModes, "field is immutable");
        }
    }
}
