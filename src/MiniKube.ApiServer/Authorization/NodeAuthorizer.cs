using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// What a node's certificate is good for: its own Node, Lease and pods, what those pods refer to, and what its network needs to
/// know of the cluster. What may be written into them is for <see cref="NodeRestriction"/> to say.
/// https://kubernetes.io/docs/reference/access-authn-authz/node/
/// </summary>
internal sealed class NodeAuthorizer(NodeReferences references) : IAuthorizer
{
    public const string LeaseNamespace = "kube-node-lease";

    private const string NodePaths = "/minikube/v1/";
    private const string NodeNameField = "spec.nodeName";

    public string Name => "Node";

    public Verdict Decide(ResourceRequest request, Selection? selection)
    {
        if (request.User.NodeName is not { } node)
        {
            return Verdict.NoOpinion;
        }

        return request.Definition switch
        {
            PodResource => DecidePod(node, request, selection),
            NodeResource => DecideNode(node, request),
            LeaseResource => DecideLease(node, request),
            SecretResource or ConfigMapResource => DecideReferenced(node, request),
            ServiceAccountResource when request is { Verb: Verb.Create, Subresource: "token" } => DecideToken(node, request),
            ServiceAccountResource => request.Verb == Verb.Get ? DecideReferenced(node, request) : Verdict.NoOpinion,
            EventResource or EventsGroupEventResource => Verdict.AllowIf(request.Verb is Verb.Create or Verb.Update or Verb.Patch),
            CertificateSigningRequestResource => Verdict.AllowIf(
                request.Subresource.Length == 0 && (IsRead(request) || request.Verb == Verb.Create)),
            ServiceResource or EndpointSliceResource or NamespaceResource => Verdict.AllowIf(IsRead(request)),
            _ => Verdict.NoOpinion,
        };
    }

    public Verdict DecidePath(UserInfo user, string verb, string path)
        => Verdict.AllowIf(user.NodeName is not null && path.StartsWith(NodePaths, StringComparison.Ordinal));

    private Verdict DecidePod(string node, ResourceRequest request, Selection? selection) => (request.Verb, request.Subresource) switch
    {
        (Verb.Get, "" or "status") => references.IsBound(node, request.Namespace, request.Name)
            ? Verdict.Allow
            : Unrelated(node),
        (Verb.List or Verb.Watch, "") => selection?.RequiredValue(NodeNameField) == node
            ? Verdict.Allow
            : Verdict.Refuse("can only list/watch pods with spec.nodeName field selector"),
        (Verb.Create or Verb.Delete, "") => Verdict.Allow,
        (Verb.Update or Verb.Patch, "status") => Verdict.Allow,
        _ => Verdict.NoOpinion,
    };

    private static Verdict DecideNode(string node, ResourceRequest request) => (request.Verb, request.Subresource) switch
    {
        (Verb.Get or Verb.List or Verb.Watch, "" or "status") => Verdict.Allow,
        (Verb.Create, "") => Verdict.Allow,
        (Verb.Update or Verb.Patch, "" or "status") => request.Name == node
            ? Verdict.Allow
            : Verdict.Refuse($"node '{node}' cannot modify other nodes"),
        _ => Verdict.NoOpinion,
    };

    private static Verdict DecideLease(string node, ResourceRequest request)
    {
        if (request.Namespace != LeaseNamespace)
        {
            return Verdict.Refuse($"can only access leases in the \"{LeaseNamespace}\" system namespace");
        }

        return request.Name == node && request.Verb is not Verb.DeleteCollection
            ? Verdict.Allow
            : Verdict.Refuse("can only access node lease with the same name as the requesting node");
    }

    private Verdict DecideReferenced(string node, ResourceRequest request)
    {
        if (!IsRead(request) || request.Subresource.Length > 0)
        {
            return Verdict.Refuse("can only read resources of this type");
        }

        if (request.Name.Length == 0)
        {
            return Verdict.Refuse("can only list/watch single objects, with the field selector metadata.name");
        }

        return references.Has(node, request.Definition, request.Namespace, request.Name) ? Verdict.Allow : Unrelated(node);
    }

    private Verdict DecideToken(string node, ResourceRequest request)
        => references.Has(node, request.Definition, request.Namespace, request.Name) ? Verdict.Allow : Unrelated(node);

    private static bool IsRead(ResourceRequest request) => request.Verb is Verb.Get or Verb.List or Verb.Watch;

    private static Verdict Unrelated(string node) => Verdict.Refuse($"no relationship found between node '{node}' and this object");
}
