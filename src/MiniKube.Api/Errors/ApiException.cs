using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>
/// A failure the client must see as a Kubernetes <c>Status</c>. Bugs are ordinary exceptions. Both transports of the
/// client throw the same exception for the same failure.
/// </summary>
public class ApiException(StatusReason reason, string message) : Exception(message)
{
    /// <summary>The machine-readable reason; the HTTP code follows from it.</summary>
    public StatusReason Reason { get; } = reason;

    /// <summary>Every field that is wrong, for <see cref="StatusReason.Invalid"/>.</summary>
    public ImmutableArray<FieldError> Causes { get; init; } = [];

    /// <summary>What the failure is about: <c>details.group</c>, <c>.kind</c> (the resource's plural) and <c>.name</c>.</summary>
    public Gvk? Subject { get; init; }

    /// <summary>Name of the object the failure is about; null when it is about none.</summary>
    public string? SubjectName { get; init; }

    /// <summary>When the client should try again, in whole seconds; null when retrying cannot help.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The HTTP code of the reason.</summary>
    public virtual int Code => Reason switch
    {
        StatusReason.BadRequest => 400,
        StatusReason.Unauthorized => 401,
        StatusReason.Forbidden => 403,
        StatusReason.NotFound => 404,
        StatusReason.MethodNotAllowed => 405,
        StatusReason.NotAcceptable => 406,
        StatusReason.AlreadyExists or StatusReason.Conflict => 409,
        StatusReason.Gone or StatusReason.Expired => 410,
        StatusReason.RequestEntityTooLarge => 413,
        StatusReason.UnsupportedMediaType => 415,
        StatusReason.Invalid => 422,
        StatusReason.TooManyRequests => 429,
        StatusReason.ServiceUnavailable => 503,
        StatusReason.Timeout => 504,
        _ => 500,
    };

    /// <summary><c>pods "web" not found</c>.</summary>
    public static ApiException NotFound(Gvr resource, string name)
        => About(StatusReason.NotFound, resource, name, $"{resource.GroupResource} \"{name}\" not found");

    /// <summary><c>pods "web" already exists</c>.</summary>
    public static ApiException AlreadyExists(Gvr resource, string name)
        => About(StatusReason.AlreadyExists, resource, name, $"{resource.GroupResource} \"{name}\" already exists");

    /// <summary>The optimistic lock failed: what the client sent was read before the last change.</summary>
    public static ApiException Conflict(Gvr resource, string name)
        => Conflict(resource, name,
            "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary><c>Operation cannot be fulfilled on pods "web": ...</c>.</summary>
    public static ApiException Conflict(Gvr resource, string name, string why)
        => About(StatusReason.Conflict, resource, name,
            $"Operation cannot be fulfilled on {resource.GroupResource} \"{name}\": {why}");

    /// <summary><c>pods "web" is forbidden: ...</c>.</summary>
    public static ApiException Forbidden(Gvr resource, string name, string why)
        => About(StatusReason.Forbidden, resource, name, $"{resource.GroupResource} \"{name}\" is forbidden: {why}");

    /// <summary><c>Deployment.apps "web" is invalid: spec.selector: Required value</c>; several causes in brackets.</summary>
    public static ApiException Invalid(Gvk kind, string name, ImmutableArray<FieldError> causes)
    {
        var title = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        var all = string.Join(", ", causes.Select(cause => cause.ToString()));
        var list = causes.Length == 1 ? all : $"[{all}]";
        return new ApiException(StatusReason.Invalid, $"{title} \"{name}\" is invalid: {list}")
        {
            Causes = causes,
            Subject = kind,
            SubjectName = name,
        };
    }

    /// <summary>The Status object that goes over the wire.</summary>
    public virtual V1Status ToStatus() => new()
    {
        ApiVersion = "v1",
        Kind = "Status",
        Metadata = new V1ListMeta(),
        Status = "Failure",
        Message = Message,
        Reason = Reason.ToString(),
        Code = Code,
        Details = DetailsOrNull(),
    };

    private static ApiException About(StatusReason reason, Gvr resource, string name, string message)
        => new(reason, message)
        {
            Subject = new Gvk(resource.Group, resource.Version, resource.Resource),
            SubjectName = name,
        };

    private V1StatusDetails? DetailsOrNull()
    {
        if (Subject is null && Causes.IsEmpty && RetryAfterSeconds is null)
        {
            return null;
        }

        return new V1StatusDetails
        {
            Name = SubjectName,
            Group = Subject is { Group.Length: > 0 } subject ? subject.Group : null,
            Kind = Subject?.Kind,
            RetryAfterSeconds = RetryAfterSeconds,
            Causes = Causes.IsEmpty
                ? null
                : [.. Causes.Select(cause => new V1StatusCause { Field = cause.Path, Reason = cause.Reason, Message = cause.Message })],
        };
    }
}
