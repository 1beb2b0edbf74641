using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class NamespaceResource : ResourceDefinition<V1Namespace>
{
    /// <summary>Kept in <c>spec.finalizers</c> until the namespace is empty.</summary>
    public const string Finalizer = "kubernetes";

    private const string NameLabel = "kubernetes.io/metadata.name";

    public NamespaceResource()
        : base(Gvr.Core("v1", "namespaces"), Scope.Cluster, "Namespace")
    {
        ShortNames = ["ns"];
        Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
        NameRule = NameRule.DnsLabel;
        HasStatus = true;
        Subresources = [new SubresourceDefinition("finalize", Gvk, ["update"])];
        Column("Status", space => space.Status?.Phase);
        Field("status.phase", space => space.Status?.Phase);
        Field("name", space => space.Metadata.Name);
    }

    protected override void ApplyDefaults(V1Namespace space)
    {
        if (!string.IsNullOrEmpty(space.Metadata.Name))
        {
            space.Metadata.Labels ??= new Dictionary<string, string>();
            space.Metadata.Labels[NameLabel] = space.Metadata.Name;
        }
    }

    protected override void PrepareForCreate(V1Namespace space)
    {
        space.Spec ??= new V1NamespaceSpec();
        space.Spec.Finalizers ??= [];
        if (!space.Spec.Finalizers.Contains(Finalizer))
        {
            space.Spec.Finalizers.Add(Finalizer);
        }

        space.Status = new V1NamespaceStatus { Phase = "Active" };
    }

    protected override void PrepareForUpdate(V1Namespace space, V1Namespace old)
    {
        space.Spec = old.Spec;
        space.Status = old.Status;
    }

    protected override bool HoldsDeletion(V1Namespace space) => space.Spec?.Finalizers is { Count: > 0 };

    protected override void PrepareForDeletion(V1Namespace space)
        => space.Status = new V1NamespaceStatus { Phase = "Terminating", Conditions = space.Status?.Conditions };

    protected override void PrepareForStatusUpdate(V1Namespace space, V1Namespace old) => space.Spec = old.Spec;
}
