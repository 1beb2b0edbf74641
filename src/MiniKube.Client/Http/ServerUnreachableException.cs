using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// No server answered, or the answer was cut off: whether the request was done is not known. A later try may not meet it; the
/// transport says itself, once, that the connection is lost, so callers need not.
/// </summary>
public sealed class ServerUnreachableException(string message)
    : ApiException(StatusReason.ServiceUnavailable, $"the API server cannot be reached: {message}");
