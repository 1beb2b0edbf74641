using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// One request on its way through the server, for the audit log. Whoever decides something about the request may
/// <see cref="Annotate"/> it. Found as a feature of the request's context; absent when nothing is audited.
/// </summary>
internal sealed class AuditRequest
{
    private const string Decision = "authorization.k8s.io/decision";
    private const string Reason = "authorization.k8s.io/reason";
    private const string Truncated = "audit.k8s.io/truncated";

    private readonly AuditLog _log;
    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, string> _annotations = new();
    private AuditVerdict? _verdict;
    private AuditTee? _answer;

    public AuditRequest(AuditLog log, HttpContext context, TimeProvider time)
    {
        _log = log;
        _context = context;
        _time = time;
        Received = time.GetUtcNow();
        Id = context.Request.Headers["Audit-ID"].ToString() is { Length: > 0 and <= 64 } said ? said : Guid.NewGuid().ToString();
        context.Response.Headers["Audit-Id"] = Id;
    }

    public string Id { get; }

    public DateTimeOffset Received { get; }

    public HttpRequest Http => _context.Request;

    public string? Remote => _context.Connection.RemoteIpAddress?.MapToIPv4().ToString();

    /// <summary>Who asked; anonymous until known.</summary>
    public UserInfo Asker { get; private set; } = UserInfo.Anonymous;

    /// <summary>Whom the request counts as, when that is not the asker.</summary>
    public UserInfo? Impersonated { get; private set; }

    public ResourceRequest? Target { get; private set; }

    public string Verb { get; private set; } = "";

    public ReadOnlyMemory<byte> Body { get; private set; }

    public IReadOnlyDictionary<string, string> Annotations => _annotations;

    public bool OmitManagedFields => _verdict!.OmitManagedFields;

    /// <summary>The answer's bytes when the level asks for them and they are JSON.</summary>
    public ReadOnlyMemory<byte> Answer { get; private set; }

    public static AuditRequest? Of(HttpContext context) => context.Features.Get<AuditRequest>();

    public void Identify(UserInfo? asker, UserInfo? user)
    {
        Asker = asker ?? UserInfo.Anonymous;
        Impersonated = ReferenceEquals(asker, user) ? null : user;
    }

    /// <summary>What is asked for is known; from here on the policy has its say.</summary>
    /// <param name="request">Null for a path that is no resource.</param>
    public void Begin(ResourceRequest? request)
    {
        Target = request;
        Verb = request?.Verb.Lower() ?? Http.Method.ToLowerInvariant();
        _verdict = _log.Decide(new AuditSubject(Impersonated ?? Asker, Verb, request, Http.Path.Value ?? "/"));
        Tell(AuditStage.RequestReceived, code: 0, failure: null);
        if (IsLongRunning)
        {
            _context.Response.OnStarting(() =>
            {
                Tell(AuditStage.ResponseStarted, _context.Response.StatusCode, failure: null);
                return Task.CompletedTask;
            });
        }
        else if (_verdict.Level == AuditLevel.RequestResponse)
        {
            _context.Response.Body = _answer = new AuditTee(_context.Response.Body);
        }
    }

    /// <summary>The body as JSON, once it was read.</summary>
    public void Read(ReadOnlyMemory<byte> json)
    {
        if (_verdict?.Level >= AuditLevel.Request)
        {
            Body = json;
        }
    }

    /// <summary>Says something about the request in its events from now on. The first value of a key stays.</summary>
    public void Annotate(string key, string value) => _annotations.TryAdd(key, value);

    /// <summary>Whether the request may be, and who says so.</summary>
    public void Authorized(bool isAllowed, string reason)
    {
        Annotate(Decision, isAllowed ? "allow" : "forbid");
        Annotate(Reason, reason);
    }

    /// <summary>The answer is out.</summary>
    public async Task EndAsync(ApiException? failure, bool isPanic)
    {
        if (_verdict is null)
        {
            Begin(request: null); // It failed before anybody knew what it was about.
        }

        if (_answer is { } answer)
        {
            await _context.Response.BodyWriter.FlushAsync(CancellationToken.None);
            Answer = IsJson ? answer.Taken(_context.Response.Headers.ContentEncoding == "gzip") : default;
            if (answer.IsCut)
            {
                Annotate(Truncated, "true");
            }
        }

        Tell(isPanic ? AuditStage.Panic : AuditStage.ResponseComplete, _context.Response.StatusCode, failure);
    }

    private bool IsLongRunning => Target is { } target && RequestLimiter.IsLongRunning(target);

    private bool IsJson => _context.Response.ContentType?.StartsWith(Respond.Json, StringComparison.Ordinal) == true;

    private void Tell(AuditStage stage, int code, ApiException? failure)
    {
        if (_verdict is { Level: not AuditLevel.None } verdict && !verdict.Omitted.Contains(stage))
        {
            _log.Add(AuditEvent.Write(this, verdict.Level, stage, _time.GetUtcNow(), code, failure));
        }
    }
}
