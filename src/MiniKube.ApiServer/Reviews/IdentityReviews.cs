using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary><c>kubectl auth whoami</c>: who am I?</summary>
internal sealed class SelfSubjectReviewResource() : ReviewDefinition<V1SelfSubjectReview>(
    new Gvr("authentication.k8s.io", "v1", "selfsubjectreviews"), Scope.Cluster, "SelfSubjectReview")
{
    protected override void Answer(V1SelfSubjectReview item, ResourceRequest request, ReviewContext context)
        => item.Status = new V1SelfSubjectReviewStatus { UserInfo = TokenReviewResource.Describe(request.User) };
}

/// <summary>Whose bearer token is this? What extension API servers and the kubelet ask.</summary>
internal sealed class TokenReviewResource() : ReviewDefinition<V1TokenReview>(
    new Gvr("authentication.k8s.io", "v1", "tokenreviews"), Scope.Cluster, "TokenReview")
{
    public static V1UserInfo Describe(UserInfo user) => new()
    {
        Username = user.Name,
        Uid = user.Uid.Length > 0 ? user.Uid : null,
        Groups = [.. user.Groups],
        Extra = user.Extra.IsEmpty ? null : user.Extra.ToDictionary(one => one.Key, one => (IList<string>)[.. one.Value]),
    };

    protected override void ApplyDefaults(V1TokenReview item) => item.Spec ??= new V1TokenReviewSpec();

    protected override void Validate(V1TokenReview item, FieldErrors errors)
        => errors.Required("spec.token", item.Spec.Token, "");

    protected override void Answer(V1TokenReview item, ResourceRequest request, ReviewContext context)
    {
        var (user, audiences) = context.Authenticator().FromToken(item.Spec.Token, [.. item.Spec.Audiences ?? []]);
        item.Status = user is null
            ? new V1TokenReviewStatus { Authenticated = false, Error = "invalid bearer token" }
            : new V1TokenReviewStatus { Authenticated = true, User = Describe(user), Audiences = [.. audiences] };
    }
}
