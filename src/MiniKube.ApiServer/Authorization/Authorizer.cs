using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Asks the authorizers in turn. Every request of both transports passes here.</summary>
internal sealed class Authorizer(ImmutableArray<IAuthorizer> authorizers, ResourceIndex resources)
{
    /// <exception cref="ApiException">Forbidden, worded as Kubernetes does.</exception>
    public void Authorize(ResourceRequest request, Selection? selection = null)
    {
        // Who lists or watches one name asks for that object.
        var asked = selection?.Name is { Length: > 0 } name && request.Name.Length == 0 ? request with { Name = name } : request;
        var verdict = Decide(asked, selection, out var authorizer);
        request.Audit?.Authorized(verdict.IsAllowed, verdict.IsAllowed ? $"allowed by {authorizer}" : verdict.Reason);
        if (!verdict.IsAllowed)
        {
            throw Forbidden(asked, verdict.Reason);
        }
    }

    /// <summary>The same as an answer. Why not is that of the last authorizer that had something to say.</summary>
    public Verdict Decide(ResourceRequest request, Selection? selection) => Decide(request, selection, out _);

    private Verdict Decide(ResourceRequest request, Selection? selection, out string allowedBy)
    {
        var reason = "";
        allowedBy = "";
        foreach (var authorizer in authorizers)
        {
            var verdict = authorizer.Decide(request, selection);
            if (verdict.IsAllowed)
            {
                allowedBy = authorizer.Name;
                return verdict;
            }

            reason = verdict.Reason.Length > 0 ? verdict.Reason : reason;
        }

        return Verdict.Refuse(reason);
    }

    /// <summary>
    /// An answer to any question: as a request would be answered if it can be one here, else by those who know rules.
    /// </summary>
    public Verdict Decide(UserInfo user, AccessQuestion question)
    {
        var definition = resources.Current.All.FirstOrDefault(
            one => one.Gvr.Group == question.Group && one.Gvr.Resource == question.Resource);
        if (definition is not null && VerbNames.Parse(question.Verb) is { } verb)
        {
            var request = new ResourceRequest(
                user, verb, definition, question.Namespace, question.Name, question.Subresource);
            if (request.AskedName == question.Name && request.AskedNamespace == question.Namespace)
            {
                return Decide(request, selection: null);
            }
        }

        return FirstAllowed(authorizers.Select(one => one.Decide(user, question)));
    }

    /// <summary>Every rule that lets the user do something in the namespace.</summary>
    public IEnumerable<V1PolicyRule> RulesOf(UserInfo user, string space)
        => authorizers.SelectMany(one => one.RulesOf(user, space));

    /// <exception cref="ApiException">Forbidden.</exception>
    public void AuthorizePath(UserInfo user, string verb, string path)
    {
        if (!DecidePath(user, verb, path).IsAllowed)
        {
            throw new ApiException(
                StatusReason.Forbidden, $"forbidden: User \"{user.Name}\" cannot {verb} path \"{path}\"");
        }
    }

    public Verdict DecidePath(UserInfo user, string verb, string path)
        => FirstAllowed(authorizers.Select(one => one.DecidePath(user, verb, path)));

    /// <summary>The refusal of a question, worded as Kubernetes does.</summary>
    public static ApiException Forbidden(UserInfo user, in AccessQuestion question)
    {
        var subject = new Gvr(question.Group, "", question.Resource).GroupResource;
        var resource = question.Subresource.Length == 0 ? question.Resource : $"{question.Resource}/{question.Subresource}";
        var where = question.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{question.Namespace}\"";
        return new ApiException(StatusReason.Forbidden,
            $"{subject} \"{question.Name}\" is forbidden: User \"{user.Name}\" cannot {question.Verb} resource \"{resource}\" "
            + $"in API group \"{question.Group}\" {where}")
        {
            Subject = new Gvk(question.Group, "", question.Resource),
            SubjectName = question.Name,
        };
    }

    private static Verdict FirstAllowed(IEnumerable<Verdict> verdicts)
    {
        foreach (var verdict in verdicts)
        {
            if (verdict.IsAllowed)
            {
                return verdict;
            }
        }

        return Verdict.NoOpinion;
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
