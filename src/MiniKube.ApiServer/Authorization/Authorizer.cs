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
        var verdict = Decide(asked, selection);
        if (!verdict.IsAllowed)
        {
            throw Forbidden(asked, verdict.Reason);
        }
    }

    /// <summary>The same as an answer. Why not is that of the last authorizer that had something to say.</summary>
    public Verdict Decide(ResourceRequest request, Selection? selection)
    {
        var reason = "";
        foreach (var authorizer in authorizers)
        {
            var verdict = authorizer.Decide(request, selection);
            if (verdict.IsAllowed)
            {
                return verdict;
            }

            reason = verdict.Reason.Length > 0 ? verdict.Reason : reason;
        }

        return Verdict.Refuse(reason);
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
        var (name, space) = (request.AskedName, request.AskedNamespace);
        var subject = name.Length == 0 ? gvr.GroupResource : $"{gvr.GroupResource} \"{name}\"";
        var resource = request.Subresource.Length == 0 ? gvr.Resource : $"{gvr.Resource}/{request.Subresource}";
        var where = space.Length == 0 ? "at the cluster scope" : $"in the namespace \"{space}\"";
        var why = reason.Length == 0 ? "" : $": {reason}";
        return new ApiException(StatusReason.Forbidden,
            $"{subject} is forbidden: User \"{request.User.Name}\" cannot {request.Verb.Lower()} resource \"{resource}\" "
            + $"in API group \"{gvr.Group}\" {where}{why}")
        {
            Subject = new Gvk(gvr.Group, gvr.Version, gvr.Resource),
            SubjectName = name.Length == 0 ? null : name,
        };
    }
}
