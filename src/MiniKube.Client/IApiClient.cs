using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// The API as a program sees it. Two transports with the same semantics: a call straight into the API server's request
/// pipeline, and HTTPS. Failures are <see cref="ApiException"/>. Thread-safe. Objects that come back are shared and
/// read-only by contract: whoever wants to change one asks <see cref="ObjectJson.Copy{T}"/> for a copy first.
/// </summary>
public interface IApiClient
{
    /// <summary>The object, or null when there is none of that key.</summary>
    Task<T?> FindAsync<T>(ObjectKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>The objects of the query and the revision they are of, which a watch can start from.</summary>
    Task<ObjectList<T>> ListAsync<T>(ObjectQuery query, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Changes after a revision, in order, until cancelled; may include bookmarks if the transport sends them. Throws
    /// <see cref="StatusReason.Expired"/> when history is gone: list again. May end normally when the server closes:
    /// watch again from the last revision seen.
    /// </summary>
    IAsyncEnumerable<ObjectEvent<T>> WatchAsync<T>(ObjectQuery query, Revision after, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Creates the object in the namespace its metadata names. The argument is not changed.</summary>
    Task<T> CreateAsync<T>(T item, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Replaces the object if it is still at <c>metadata.resourceVersion</c> (any version when that is null), or only
    /// its status with <paramref name="subresource"/> <c>"status"</c>.
    /// </summary>
    Task<T> UpdateAsync<T>(T item, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Patches the object or its subresource.</summary>
    Task<T> PatchAsync<T>(ObjectKey key, ObjectPatch patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Asks for deletion. Finalizers and grace periods may keep the object for a while; not found is an error.
    /// </summary>
    Task DeleteAsync<T>(ObjectKey key, V1DeleteOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Waits while it is known that no server answers; at once otherwise, and always at once where there is no wire. After it,
    /// a request may still fail.
    /// </summary>
    Task WhenReachableAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Binds a pod to a node (<c>pods/binding</c>). Conflict when it is bound already.</summary>
    Task BindAsync(ObjectKey pod, string? podUid, string nodeName, CancellationToken cancellationToken);

    /// <summary>A new token of a service account (<c>serviceaccounts/token</c>). Not found when there is no such account.</summary>
    Task<V1TokenRequestStatus> RequestTokenAsync(ObjectKey account, V1TokenRequestSpec spec, CancellationToken cancellationToken);
}

/// <summary>Which objects of a kind: null namespace is all of them, null selectors everything.</summary>
/// <param name="Namespace">One namespace, or null for all.</param>
/// <param name="Labels">Label selector, or null.</param>
/// <param name="Fields">Field selector in its text form (<c>spec.nodeName=a</c>), or null.</param>
public sealed record ObjectQuery(string? Namespace = null, LabelSelector? Labels = null, string? Fields = null)
{
    /// <summary>Every object of the kind.</summary>
    public static ObjectQuery All { get; } = new();
}

/// <summary>Objects of one revision.</summary>
public sealed record ObjectList<T>(Revision Revision, IReadOnlyList<T> Items);

/// <summary>What a watch tells.</summary>
public enum ObjectEventType
{
    /// <summary>The object is new to the query: created, or it matches only now.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone or no longer matches; the event carries its last state.</summary>
    Deleted,

    /// <summary>Nothing happened up to the revision.</summary>
    Bookmark,
}

/// <summary>One change; <see cref="Object"/> is null only for bookmarks.</summary>
public readonly record struct ObjectEvent<T>(ObjectEventType Type, Revision Revision, T? Object)
    where T : class;

/// <summary>How a patch body is to be read.</summary>
public enum PatchType
{
    /// <summary>RFC 6902.</summary>
    Json,

    /// <summary>RFC 7386.</summary>
    Merge,

    /// <summary>Kubernetes' strategic merge patch.</summary>
    StrategicMerge,
}

/// <summary>A patch: its type and its UTF-8 JSON.</summary>
public sealed record ObjectPatch(PatchType Type, ReadOnlyMemory<byte> Json);
