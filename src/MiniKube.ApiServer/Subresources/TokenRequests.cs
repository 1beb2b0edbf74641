using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// <c>serviceaccounts/NAME/token</c>: a new token for an account, limited in time and bound to an object that it dies with.
/// https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
/// </summary>
internal sealed class TokenRequests(ServiceAccountTokens tokens, ObjectLookup objects, TimeProvider time)
{
    /// <summary>
    /// What pods' own volumes ask for: an hour and seven seconds, the sign of a token that may be used for a year by programs that do
    /// not read it again. The answer still says an hour, after which the node puts a new one there.
    /// </summary>
    public const int SecondsOfPods = 3_607;

    private const int SecondsDefault = 3_600;
    private const int SecondsOfSloth = 365 * 24 * 3_600;
    private const int SecondsMin = 600;
    private const long SecondsMax = 1L << 32;

    /// <exception cref="ApiException">NotFound, Invalid, Conflict, or Forbidden for a node.</exception>
    public Authenticationv1TokenRequest Answer(ResourceRequest request, Authenticationv1TokenRequest asked)
    {
        var account = objects.Find<V1ServiceAccount>(new ObjectKey(request.Namespace, request.Name)) ?? throw request.NotFound();
        var spec = asked.Spec ??= new V1TokenRequestSpec();
        spec.ExpirationSeconds ??= SecondsDefault;
        spec.Audiences = spec.Audiences is { Count: > 0 } ? spec.Audiences : [tokens.Issuer];
        Validate(spec, request.Name);
        var claims = Bind(
            new TokenClaims(request.Namespace, new BoundObject(account.Metadata.Name, account.Metadata.Uid)), spec.BoundObjectRef, account);
        CheckNode(request.User, claims, request);
        var now = time.GetUtcNow();
        var expires = now.AddSeconds(spec.ExpirationSeconds.Value);
        var isForPod = claims.Pod is not null && spec.ExpirationSeconds == SecondsOfPods && spec.Audiences.SequenceEqual([tokens.Issuer]);
        var token = isForPod
            ? tokens.Issue(claims with { WarnAfter = expires }, [.. spec.Audiences], now.AddSeconds(SecondsOfSloth))
            : tokens.Issue(claims, [.. spec.Audiences], expires);
        asked.ApiVersion = "authentication.k8s.io/v1";
        asked.Kind = "TokenRequest";
        asked.Metadata = new V1ObjectMeta
        {
            Name = request.Name,
            NamespaceProperty = request.Namespace,
            CreationTimestamp = now.UtcDateTime,
        };
        asked.Status = new V1TokenRequestStatus
        {
            Token = token,
            ExpirationTimestamp = expires.UtcDateTime,
        };
        return asked;
    }

    private static void Validate(V1TokenRequestSpec spec, string name)
    {
        var errors = new FieldErrors();
        if (spec.ExpirationSeconds < SecondsMin)
        {
            errors.Invalid("spec.expirationSeconds", spec.ExpirationSeconds, "may not specify a duration less than 10 minutes");
        }

        if (spec.ExpirationSeconds > SecondsMax)
        {
            errors.Invalid("spec.expirationSeconds", spec.ExpirationSeconds, "may not specify a duration larger than 2^32 seconds");
        }

        errors.ThrowIfAny(new Gvk("authentication.k8s.io", "v1", "TokenRequest"), name);
    }

    private TokenClaims Bind(TokenClaims claims, V1BoundObjectReference? reference, V1ServiceAccount account) => reference switch
    {
        null => claims,
        { Kind: "Pod", ApiVersion: "v1" } => BindToPod(claims, reference, account),
        { Kind: "Secret", ApiVersion: "v1" } => claims with { Secret = Bound<V1Secret>(claims.Namespace, reference, "secrets") },
        { Kind: "Node", ApiVersion: "v1" } => claims with { Node = Bound<V1Node>("", reference, "nodes") },
        _ => throw new ApiException(
            StatusReason.BadRequest, $"cannot bind token for serviceaccount to type {reference.ApiVersion}, Kind={reference.Kind}"),
    };

    private TokenClaims BindToPod(TokenClaims claims, V1BoundObjectReference reference, V1ServiceAccount account)
    {
        var bound = Bound<V1Pod>(claims.Namespace, reference, "pods");
        var pod = objects.Find<V1Pod>(new ObjectKey(claims.Namespace, bound.Name))!;
        if (pod.Spec.ServiceAccountName != account.Metadata.Name)
        {
            throw new ApiException(
                StatusReason.BadRequest,
                $"cannot bind token for serviceaccount \"{account.Metadata.Name}\" to pod running with different serviceaccount name.");
        }

        var node = string.IsNullOrEmpty(pod.Spec.NodeName) ? null : objects.Find<V1Node>(ObjectKey.Cluster(pod.Spec.NodeName));
        return claims with { Pod = bound, Node = node is null ? null : new BoundObject(node.Metadata.Name, node.Metadata.Uid) };
    }

    private BoundObject Bound<T>(string space, V1BoundObjectReference reference, string resource)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var gvr = Gvr.Core("v1", resource);
        var found = objects.Find<T>(new ObjectKey(space, reference.Name ?? "")) ?? throw ApiException.NotFound(gvr, reference.Name ?? "");
        if (!string.IsNullOrEmpty(reference.Uid) && reference.Uid != found.Metadata.Uid)
        {
            throw ApiException.Conflict(gvr, reference.Name!,
                $"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. "
                + "The object might have been deleted and then recreated");
        }

        return new BoundObject(found.Metadata.Name, found.Metadata.Uid);
    }

    // NodeRestriction: a node's agent speaks for the pods that run on it, and for nobody else.
    private static void CheckNode(UserInfo user, TokenClaims claims, ResourceRequest request)
    {
        if (user.NodeName is not { } node)
        {
            return;
        }

        if (claims.Pod is null)
        {
            throw ApiException.Forbidden(
                request.Definition.Gvr, request.Name, $"node \"{node}\" can only request tokens bound to a pod");
        }

        if (claims.Node?.Name != node)
        {
            throw ApiException.Forbidden(request.Definition.Gvr, request.Name,
                $"node \"{node}\" can only request tokens for pods with spec.nodeName set to itself");
        }
    }
}
