using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// A kind that is answered, not stored: a create fills the object's status in and sends it back. Nothing else can be done with it.
/// </summary>
internal abstract class ReviewDefinition<T> : ResourceDefinition<T>, IReview
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    protected ReviewDefinition(Gvr gvr, Scope scope, string kind)
        : base(gvr, scope, kind)
    {
        Verbs = ["create"];
    }

    public void Answer(IKubernetesObject<V1ObjectMeta> item, ResourceRequest request, ReviewContext context)
        => Answer((T)item, request, context);

    /// <exception cref="ApiException">Invalid or BadRequest: the question makes no sense.</exception>
    protected abstract void Answer(T item, ResourceRequest request, ReviewContext context);
}

/// <summary>The side of a review kind the pipeline sees.</summary>
internal interface IReview
{
    /// <exception cref="ApiException">Invalid or BadRequest.</exception>
    void Answer(IKubernetesObject<V1ObjectMeta> item, ResourceRequest request, ReviewContext context);
}

/// <summary>What answers are made from.</summary>
/// <param name="Authorizer">Who may do what.</param>
/// <param name="Authenticator">Who tokens belong to; asked for only when the server runs.</param>
internal sealed record ReviewContext(Authorizer Authorizer, Func<Authenticator> Authenticator);
