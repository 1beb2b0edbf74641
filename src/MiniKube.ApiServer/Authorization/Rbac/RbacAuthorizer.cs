using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// Roles and bindings as they are stored. https://kubernetes.io/docs/reference/access-authn-authz/rbac/
/// </summary>
internal sealed class RbacAuthorizer(RbacPolicySource source) : IAuthorizer
{
    public string Name => "RBAC";

    public Verdict Decide(ResourceRequest request, Selection? selection)
    {
        var gvr = request.Definition.Gvr;
        return Verdict.AllowIf(source.Current.Allows(
            request.User,
            request.Verb.Lower(),
            gvr.Group,
            gvr.Resource,
            request.Subresource,
            request.AskedNamespace,
            request.AskedName));
    }

    public Verdict Decide(UserInfo user, in AccessQuestion question)
        => Verdict.AllowIf(source.Current.Allows(
            user,
            question.Verb,
            question.Group,
            question.Resource,
            question.Subresource,
            question.Namespace,
            question.Name));

    public IEnumerable<V1PolicyRule> RulesOf(UserInfo user, string space)
        => source.Current.RulesOf(user, space).Select(static rule => rule.Source);

    public Verdict DecidePath(UserInfo user, string verb, string path)
        => Verdict.AllowIf(source.Current.AllowsPath(user, verb, path));
}
