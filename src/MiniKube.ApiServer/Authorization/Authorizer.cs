using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Decides who may do what. The administrators' group and the cluster's own components may do everything, nobody else
/// anything but read the open paths. Every request of both transports passes here.
/// </summary>
internal sealed class Authorizer
{
    /// <exception cref="ApiException">Forbidden, worded as Kubernetes does.</exception>
    public void Authorize(ResourceRequest request)
    {
        if (!MayDoEverything(request.User))
        {
            throw Forbidden(request);
        }
    }

    /// <exception cref="ApiException">Forbidden.</exception>
    public void AuthorizePath(UserInfo user, string verb, string path)
    {
        if (!MayDoEverything(user))
        {
            throw new ApiException(
                StatusReason.Forbidden, $"forbidden: User \"{user.Name}\" cannot {verb} path \"{path}\"");
        }
    }

    private static bool MayDoEverything(UserInfo user)
        => user.Groups.Contains(UserInfo.Masters)
            || (!user.IsAnonymous && user.Name.StartsWith("system:", StringComparison.Ordinal));

    private static ApiException Forbidden(ResourceRequest request)
    {
        var gvr = request.Definition.Gvr;
        var subject = request.Name.Length == 0 ? gvr.GroupResource : $"{gvr.GroupResource} \"{request.Name}\"";
        var resource = request.Subresource.Length == 0 ? gvr.Resource : $"{gvr.Resource}/{request.Subresource}";
        var where = request.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{request.Namespace}\"";
        return new ApiException(StatusReason.Forbidden,
            $"{subject} is forbidden: User \"{request.User.Name}\" cannot {request.Verb.Lower()} resource \"{resource}\" "
            + $"in API group \"{gvr.Group}\" {where}")
        {
            Subject = new Gvk(gvr.Group, gvr.Version, gvr.Resource),
            SubjectName = request.Name.Length == 0 ? null : request.Name,
        };
    }
}
