using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>An object must agree with the path it was sent to.</summary>
internal static class RequestChecks
{
    /// <summary>Takes the namespace from the path when the object names none.</summary>
    /// <exception cref="ApiException">BadRequest: it names another one.</exception>
    public static void SetNamespace(ResourceRequest request, V1ObjectMeta meta)
    {
        var given = string.IsNullOrEmpty(meta.NamespaceProperty) ? null : meta.NamespaceProperty;
        if (request.Definition.Scope == Scope.Namespaced && given is not null && given != request.Namespace)
        {
            throw new ApiException(StatusReason.BadRequest,
                $"the namespace of the provided object does not match the namespace sent on the request: "
                + $"{given} in the object, {request.Namespace} on the request");
        }

        meta.NamespaceProperty = request.Definition.Scope == Scope.Namespaced ? request.Namespace : given;
    }

    /// <exception cref="ApiException">BadRequest: the object has another name, or none.</exception>
    public static void CheckName(ResourceRequest request, V1ObjectMeta meta)
    {
        if (string.IsNullOrEmpty(meta.Name))
        {
            throw new ApiException(StatusReason.BadRequest,
                $"the name of the object ({request.Name} based on URL) was undeterminable: name must be provided");
        }

        if (meta.Name != request.Name)
        {
            throw new ApiException(StatusReason.BadRequest,
                $"the name of the object ({meta.Name}) does not match the name on the URL ({request.Name})");
        }
    }
}
