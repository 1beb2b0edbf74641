using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Every request's way: who, what, may they, do it; and every failure's way back as a Status.</summary>
internal sealed partial class RequestDispatcher(
    Authenticator authenticator,
    ShownCertificates shown,
    Authorizer authorizer,
    Impersonation impersonation,
    ResourceIndex resources,
    ResourceEndpoint endpoint,
    ServerPaths paths,
    JoinEndpoint joins,
    TunnelEndpoint tunnels,
    RequestMetrics metrics,
    AuditLog? audit,
    RequestLimiter limiter,
    TimeProvider time,
    ILogger<RequestDispatcher> logger)
{
    private readonly ConditionalWeakTable<X509Certificate2, StrongBox<UserInfo?>> _users = [];

    public async Task HandleAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var labels = new RequestLabels(MethodOf(context.Request), "");
        var audited = audit?.Begin(context);
        Exception? problem = null;
        try
        {
            await DispatchAsync(context, found => labels = found);
        }
        catch (Exception failure)
        {
            problem = failure;
            await FailAsync(context, failure);
        }

        if (audited is not null)
        {
            var failed = problem is null ? null : StatusOf(problem);
            await audited.EndAsync(failed, failed?.Reason == StatusReason.InternalError && problem is not ApiException);
        }

        metrics.Record(labels, context.Response.StatusCode, time.GetElapsedTime(started));
    }

    private async Task DispatchAsync(HttpContext context, Action<RequestLabels> label)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path == JoinEndpoint.JoinPath)
        {
            await joins.JoinAsync(context);
            return;
        }

        var query = new Query(context.Request.Query);
        var audited = audit is null ? null : AuditRequest.Of(context);
        var asker = Authenticate(context);
        audited?.Identify(asker, asker);
        var user = impersonation.Apply(asker, context.Request.Headers);
        audited?.Identify(asker, user);
        if (RequestTarget.TryParse(ProxyEndpoint.PathOf(context)?.Resource ?? path, out var target))
        {
            var request = RequestOf(context.Request, user ?? throw RequestErrors.Unauthorized(), target, query) with
            {
                Warn = new ResponseWarnings(context.Response).Add,
                Audit = audited,
            };
            audited?.Begin(request);
            label(new RequestLabels(request.Verb.Lower(), request.Definition.Gvr.Resource));
            await limiter.RunAsync(context, request.User, request, () => endpoint.HandleAsync(context, request, query));
            return;
        }

        // Some clients end such paths with a slash.
        path = $"/{path.Trim('/')}";
        audited?.Begin(request: null);
        if (TunnelEndpoint.Owns(path))
        {
            await tunnels.HandleAsync(context, user ?? throw RequestErrors.Unauthorized(), path);
            return;
        }

        if (!ServerPaths.IsOpen(path))
        {
            authorizer.AuthorizePath(
                user ?? throw RequestErrors.Unauthorized(), context.Request.Method.ToLowerInvariant(), path);
        }

        if (path == JoinEndpoint.ClusterPath && context.Request.Method == HttpMethods.Get)
        {
            await joins.ClusterAsync(context);
            return;
        }

        await AnswerPathAsync(context, user, path, query);
    }

    // Health is for whoever watches a busy server.
    private async Task AnswerPathAsync(HttpContext context, UserInfo? user, string path, Query query)
    {
        async Task AnswerAsync()
        {
            if (!await paths.TryHandleAsync(context, path, query))
            {
                throw RequestErrors.UnknownResource();
            }
        }

        await (ServerPaths.IsOpen(path)
            ? AnswerAsync()
            : limiter.RunAsync(context, user ?? UserInfo.Anonymous, request: null, AnswerAsync));
    }

    private ResourceRequest RequestOf(HttpRequest http, UserInfo user, in RequestTarget target, Query query)
    {
        var definition = resources.Find(new Gvr(target.Group, target.Version, target.Resource))
            ?? throw RequestErrors.UnknownResource();
        if (definition.Scope == Scope.Cluster && target.Namespace.Length > 0)
        {
            throw RequestErrors.UnknownResource();
        }

        var verb = ResourceEndpoint.VerbOf(http, target, query) ?? throw RequestErrors.MethodNotAllowed();
        if (target.Subresource.Length == 0 && !definition.Verbs.Contains(verb.Lower()))
        {
            throw RequestErrors.MethodNotAllowed();
        }

        var lacksNamespace = definition.Scope == Scope.Namespaced && target.Namespace.Length == 0;
        if (lacksNamespace && (verb == Verb.Create || target.Name.Length > 0))
        {
            throw verb == Verb.Create ? RequestErrors.MethodNotAllowed() : RequestErrors.UnknownResource();
        }

        return new ResourceRequest(user, verb, definition, target.Namespace, target.Name, target.Subresource);
    }

    // A wrong credential is not the same as none: it is refused even where nobody needs one.
    private UserInfo? Authenticate(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.Length > 0)
        {
            return authenticator.FromAuthorization(authorization) ?? throw RequestErrors.Unauthorized();
        }

        return context.Connection.ClientCertificate is { } certificate
            ? CertificateUser(certificate) ?? throw RequestErrors.Unauthorized()
            : null;
    }

    // A chain check costs as much as a hundred requests: once for a connection, whose requests share one certificate object and
    // may come at the same time.
    private UserInfo? CertificateUser(X509Certificate2 certificate)
        => _users.GetValue(certificate, one =>
        {
            var user = authenticator.FromCertificate(one);
            shown.Take(user, one);
            return new StrongBox<UserInfo?>(user);
        }).Value;

    private async Task FailAsync(HttpContext context, Exception failure)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var status = StatusOf(failure);
        if (status.Reason == StatusReason.InternalError)
        {
            Log.RequestFailed(logger, context.Request.Method, context.Request.Path, failure);
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        await Respond.StatusAsync(context, status);
    }

    // Clients may send any word as the method; metrics must not grow with them.
    private static string MethodOf(HttpRequest request) => request.Method switch
    {
        "GET" => "get",
        "HEAD" => "head",
        "POST" => "post",
        "PUT" => "put",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "other",
    };

    private static ApiException StatusOf(Exception failure) => failure switch
    {
        ApiException status => status,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }
            => new ApiException(
                StatusReason.RequestEntityTooLarge, $"Request entity too large: limit is {BodyReader.BytesMax}"),
        BadHttpRequestException malformed => new ApiException(StatusReason.BadRequest, malformed.Message),
        _ => new ApiException(
            StatusReason.InternalError, "Internal error occurred: the server's log says what happened"),
    };

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Error, "Request failed: {Method} {Path}")]
        public static partial void RequestFailed(ILogger logger, string method, string path, Exception failure);
    }
}
