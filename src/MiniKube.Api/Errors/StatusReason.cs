namespace MiniKube.Api;

/// <summary>
/// The machine-readable reasons of a Kubernetes <c>Status</c>; each stands for one HTTP code.
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
/// </summary>
public enum StatusReason
{
    /// <summary>400.</summary>
    BadRequest,

    /// <summary>401.</summary>
    Unauthorized,

    /// <summary>403.</summary>
    Forbidden,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>405.</summary>
    MethodNotAllowed,

    /// <summary>406.</summary>
    NotAcceptable,

    /// <summary>409: an object of that name is there already.</summary>
    AlreadyExists,

    /// <summary>409: the object changed in between, or is in a state that forbids the write.</summary>
    Conflict,

    /// <summary>410: the thing is gone for good.</summary>
    Gone,

    /// <summary>410: the asked revision is compacted, or the continue token is too old.</summary>
    Expired,

    /// <summary>413.</summary>
    RequestEntityTooLarge,

    /// <summary>415.</summary>
    UnsupportedMediaType,

    /// <summary>422: the object breaks validation rules; the causes list every field.</summary>
    Invalid,

    /// <summary>429.</summary>
    TooManyRequests,

    /// <summary>500.</summary>
    InternalError,

    /// <summary>503.</summary>
    ServiceUnavailable,

    /// <summary>504: the server ran out of time; the client may retry.</summary>
    Timeout,
}
