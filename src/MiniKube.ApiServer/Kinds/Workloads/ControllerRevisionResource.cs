using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// An earlier or present state of a StatefulSet or DaemonSet: once written, its data stays.
/// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/
/// </summary>
internal sealed class ControllerRevisionResource : ResourceDefinition<V1ControllerRevision>
{
    public ControllerRevisionResource()
        : base(new Gvr("apps", "v1", "controllerrevisions"), Scope.Namespaced, "ControllerRevision")
    {
        Column("Controller", Controller);
        Column("Revision", revision => revision.Revision, "integer");
        Column("Age", (revision, now) => ColumnText.Since(revision.Metadata.CreationTimestamp, now));
    }

    protected override void Validate(V1ControllerRevision revision, FieldErrors errors)
    {
        if (revision.Data is null)
        {
            errors.Required("data", "data is mandatory");
        }

        errors.NotNegative("revision", revision.Revision);
    }

    protected override void ValidateUpdate(V1ControllerRevision revision, V1ControllerRevision old, FieldErrors errors)
    {
        if (!JsonChanges.AreEqual(
            new V1ControllerRevision { Data = revision.Data }, new V1ControllerRevision { Data = old.Data }))
        {
            errors.Invalid("data", revision.Metadata.Name, "field is immutable");
        }
    }

    // statefulset.apps/web
    private static string Controller(V1ControllerRevision revision)
    {
        var owner = revision.Metadata.OwnerReferences?.FirstOrDefault(one => one.Controller == true);
        if (owner is null)
        {
            return "<none>";
        }

        var group = Gvk.Parse(owner.ApiVersion, owner.Kind).Group;
        var kind = owner.Kind.ToLowerInvariant();
        return group.Length == 0 ? $"{kind}/{owner.Name}" : $"{kind}.{group}/{owner.Name}";
    }
}
