using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Requests that lead nowhere, in Kubernetes' words.</summary>
internal static class RequestErrors
{
    public static ApiException UnknownResource()
        => new(StatusReason.NotFound, "the server could not find the requested resource");

    public static ApiException MethodNotAllowed()
        => new(StatusReason.MethodNotAllowed, "the server does not allow this method on the requested resource");

    public static ApiException Unauthorized() => new(StatusReason.Unauthorized, "Unauthorized");
}
