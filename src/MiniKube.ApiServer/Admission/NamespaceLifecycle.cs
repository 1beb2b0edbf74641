using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Nothing new in namespaces that are missing or going, and the namespaces the cluster needs stay.</summary>
internal static class NamespaceLifecycle
{
    private static readonly string[] Kept = ["default", "kube-system", "kube-public"];

    /// <summary>Before a create in a namespace; <paramref name="space"/> is null when there is none of that name.</summary>
    /// <exception cref="ApiException">404 when it is missing, 403 when it is being deleted.</exception>
    public static void AdmitCreate(Gvr resource, V1ObjectMeta meta, V1Namespace? space)
    {
        if (space is null)
        {
            throw ApiException.NotFound(Gvr.Core("v1", "namespaces"), meta.NamespaceProperty);
        }

        if (space.Metadata.DeletionTimestamp is not null || space.Status?.Phase == "Terminating")
        {
            throw Terminating(resource, meta);
        }
    }

    /// <summary>Before a namespace is deleted.</summary>
    /// <exception cref="ApiException">403 when the cluster needs it.</exception>
    public static void AdmitDelete(string name)
    {
        if (Kept.Contains(name))
        {
            throw ApiException.Forbidden(Gvr.Core("v1", "namespaces"), name, "this namespace may not be deleted");
        }
    }

    private static ApiException Terminating(Gvr resource, V1ObjectMeta meta)
    {
        var space = meta.NamespaceProperty;
        var name = meta.Name ?? "";
        return new ApiException(StatusReason.Forbidden, $"{resource.GroupResource} \"{name}\" is forbidden: "
            + $"unable to create new content in namespace {space} because it is being terminated")
        {
            Subject = new Gvk(resource.Group, resource.Version, resource.Resource),
            SubjectName = name,
            Causes = [new FieldError("metadata.namespace", "NamespaceTerminating", $"namespace {space} is being terminated")],
        };
    }
}
