using Microsoft.AspNetCore.Http;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Chooses the verb of a resource request by method, path and parameters.</summary>
internal sealed class ResourceEndpoint(
    ReadEndpoint reads,
    WatchEndpoint watches,
    WriteEndpoint writes,
    SubresourceEndpoint subresources,
    LogEndpoint logs,
    ExecEndpoint exec,
    PortForwardEndpoint ports,
    ProxyEndpoint proxies,
    ConnectAdmission connects)
{
    /// <summary>
    /// The verb of the request, for authorization and metrics; null when there is none for the method here.
    /// </summary>
    public static Verb? VerbOf(HttpRequest request, in RequestTarget target, Query query)
    {
        var isCollection = target.Name.Length == 0;
        return request.Method switch
        {
            "GET" or "HEAD" when target.IsWatch || (target.Subresource.Length == 0 && query.Flag("watch")) => Verb.Watch,
            "OPTIONS" when target.Subresource == "proxy" => Verb.Get,
            "GET" or "HEAD" => isCollection ? Verb.List : Verb.Get,
            "POST" when isCollection || target.Subresource.Length > 0 => Verb.Create,
            "PUT" when !isCollection => Verb.Update,
            "PATCH" when !isCollection => Verb.Patch,
            "DELETE" => isCollection ? Verb.DeleteCollection : Verb.Delete,
            _ => null,
        };
    }

    public Task HandleAsync(HttpContext context, ResourceRequest request, Query query)
    {
        if (request.Definition.DeprecationWarning is { } warning)
        {
            Respond.Warn(context.Response, [warning]);
        }

        return IsConnect(request) ? ConnectAsync(context, request, query) : RouteAsync(context, request, query);
    }

    private static bool IsConnect(ResourceRequest request) => request switch
    {
        { Subresource: "exec" or "attach" or "portforward", Definition: PodResource, Verb: Verb.Get or Verb.Create } => true,
        { Subresource: "proxy", Definition: PodResource or ServiceResource or NodeResource } => true,
        _ => false,
    };

    private async Task ConnectAsync(HttpContext context, ResourceRequest request, Query query)
    {
        await connects.AdmitAsync(request, query, context.RequestAborted);
        await RouteAsync(context, request, query);
    }

    private Task RouteAsync(HttpContext context, ResourceRequest request, Query query) => request.Subresource switch
    {
        "" => HandleObjectAsync(context, request, query),
        "status" when request.Definition.HasStatus => HandleStatusAsync(context, request, query),
        "approval" when request.Definition is CertificateSigningRequestResource => HandleStatusAsync(context, request, query),
        "ephemeralcontainers" when request.Definition is PodResource => HandleStatusAsync(context, request, query),
        "scale" when request.Definition.Scale is not null => HandleScaleAsync(context, request, query),
        "finalize" when request is { Verb: Verb.Update, Definition: NamespaceResource }
            => writes.UpdateAsync(context, request, query),
        "binding" when request is { Verb: Verb.Create, Definition: PodResource } => subresources.BindAsync(
            context, request, query),
        "eviction" when request is { Verb: Verb.Create, Definition: PodResource } => subresources.EvictAsync(
            context, request, query),
        "token" when request is { Verb: Verb.Create, Definition: ServiceAccountResource }
            => subresources.RequestTokenAsync(context, request),
        "log" when request is { Verb: Verb.Get, Definition: PodResource } => logs.HandleAsync(context, request, query),
        "exec" when request is { Verb: Verb.Get or Verb.Create, Definition: PodResource }
            => exec.HandleAsync(context, request, query),
        "attach" when request is { Verb: Verb.Get or Verb.Create, Definition: PodResource }
            => exec.AttachAsync(context, request, query),
        "portforward" when request is { Verb: Verb.Get or Verb.Create, Definition: PodResource }
            => ports.HandleAsync(context, request, query),
        "proxy" when request.Definition is PodResource or ServiceResource or NodeResource => proxies.HandleAsync(context, request),
        _ => throw RequestErrors.UnknownResource(),
    };

    private Task HandleObjectAsync(HttpContext context, ResourceRequest request, Query query) => request.Verb switch
    {
        Verb.Get => reads.GetAsync(context, request, query),
        Verb.List => reads.ListAsync(context, request, query),
        Verb.Watch => watches.WatchAsync(context, request, query),
        Verb.Create => writes.CreateAsync(context, request, query),
        Verb.Update => writes.UpdateAsync(context, request, query),
        Verb.Patch => writes.PatchAsync(context, request, query),
        Verb.Delete => writes.DeleteAsync(context, request, query),
        _ => writes.DeleteCollectionAsync(context, request, query),
    };

    private Task HandleStatusAsync(HttpContext context, ResourceRequest request, Query query) => request.Verb switch
    {
        Verb.Get => reads.GetAsync(context, request, query),
        Verb.Update => writes.UpdateAsync(context, request, query),
        Verb.Patch => writes.PatchAsync(context, request, query),
        _ => throw RequestErrors.MethodNotAllowed(),
    };

    private Task HandleScaleAsync(HttpContext context, ResourceRequest request, Query query) => request.Verb switch
    {
        Verb.Get => subresources.GetScaleAsync(context, request, query),
        Verb.Update => subresources.PutScaleAsync(context, request, query),
        Verb.Patch => subresources.PatchScaleAsync(context, request, query),
        _ => throw RequestErrors.MethodNotAllowed(),
    };
}
