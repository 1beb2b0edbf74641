using System.Collections.Immutable;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Asks the authorizers in turn. Every request of both transports passes here.</summary>
internal sealed class Authorizer(ImmutableArray<IAuthorizer> authorizers)
{
    /// <exception cref="ApiException">Forbidden, worded as Kubernetes does.</exception>
    public void Authorize(ResourceRequest request, Selection? selection = null)
    {
        // Who lists or watches one name asks for that object.
        var asked = selection?.Name is { Length: > 0 } name && request.Name.Length == 0 ? request with { Name = name } : request;
        var reason = "";
        foreach (var authorizer in authorizers)
        {
            var verdict = authorizer.Decide(asked, selection);
            if (verdict.IsAllowed)
            {
                return;
            }

            reason = verdict.Reason.Length > 0 ? verdict.Reason : reason;
        }

        throw Forbidden(asked, reason);
    }

    /// <exception cref="ApiException">Forbidden.</exception>
    public void AuthorizePath(UserInfo user, string verb, string path)
    {
        foreach (var authorizer in authorizers)
        {
            if (authorizer.DecidePath(user, verb, path).IsAllowed)
            {
                return;
            }
        }

        throw new ApiException(
            StatusReason.Forbidden, $"forbidden: User \"{user.Name}\" cannot {verb} path \"{path}\"");
    }

    private static ApiException Forbidden(ResourceRequest request, string reason)
    {
        var gvr = request.Definition.Gvr;
        var subject = request.Name.Length == 0 ? gvr.GroupResource : $"{gvr.GroupResource} \"{request.Name}\"";
        var resource = request.Subresource.Length == 0 ? gvr.Resource : $"{gvr.Resource}/{request.Subresource}";
        var where = request.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{request.Namespace}\"";
        var why = reason.Length == 0 ? "" : $": {reason}";
        return new ApiException(StatusReason.Forbidden,
            $"{subject} is forbidden: User \"{request.User.Name}\" cannot {request.Verb.Lower()} resource \"{resource}\" "
            + $"in API group \"{gvr.Group}\" {where}{why}")
        {
            Subject = new Gvk(gvr.Group, gvr.Version, gvr.Resource),
            SubjectName = request.Name.Length == 0 ? null : request.Name,
        };
    }
}
