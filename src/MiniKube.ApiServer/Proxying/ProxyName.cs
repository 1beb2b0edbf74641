using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// How the path of a proxy names its target: <c>NAME</c>, <c>NAME:PORT</c> or <c>SCHEME:NAME:PORT</c>, where the port may be
/// empty. https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/
/// </summary>
/// <param name="IsHttps">True when it was asked for by name.</param>
/// <param name="Name">Of the pod, service or node.</param>
/// <param name="Port">A number, a port's name, or empty.</param>
internal sealed record ProxyName(bool IsHttps, string Name, string Port)
{
    /// <exception cref="ApiException">BadRequest: it has another form.</exception>
    public static ProxyName Parse(string text, string kind)
    {
        var parts = text.Split(':');
        var name = parts switch
        {
            [var only] => new ProxyName(false, only, ""),
            [var first, var port] => new ProxyName(false, first, port),
            ["" or "http" or "https", var middle, var port] => new ProxyName(parts[0] == "https", middle, port),
            _ => null,
        };
        return name is { Name.Length: > 0 }
            ? name
            : throw new ApiException(
                StatusReason.BadRequest, $"invalid {kind} request \"{text}\": say NAME, NAME:PORT or https:NAME:PORT");
    }
}
