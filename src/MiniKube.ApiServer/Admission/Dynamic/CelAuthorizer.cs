using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>
/// <c>authorizer</c> in expressions: may whoever sent the request, or a service account, do something else?
/// https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-authorizer-library
/// </summary>
internal sealed class CelAuthorizer(UserInfo user, Authorizer authorizer) : ICelReceiver
{
    public CelAuthorizer(AdmissionSubject subject)
        : this(subject.User, subject.Authorizer)
    {
    }

    public string TypeName => "kubernetes.authorization.Authorizer";

    public bool TryCall(string function, IReadOnlyList<object?> arguments, out object? result)
    {
        result = (function, arguments) switch
        {
            ("path", [string { Length: > 0 } path]) => new CelPathCheck(user, authorizer, path),
            ("serviceAccount", [string space, string name]) => new CelAuthorizer(AccountOf(space, name), authorizer),
            ("group", [string group]) => new CelGroupCheck(user, authorizer, group),
            _ => null,
        };
        return result is not null;
    }

    private static UserInfo AccountOf(string space, string name) => new(
        $"system:serviceaccount:{space}:{name}",
        ["system:serviceaccounts", $"system:serviceaccounts:{space}", UserInfo.Authenticated]);
}

internal sealed class CelPathCheck(UserInfo user, Authorizer authorizer, string path) : ICelReceiver
{
    public string TypeName => "kubernetes.authorization.PathCheck";

    public bool TryCall(string function, IReadOnlyList<object?> arguments, out object? result)
    {
        result = (function, arguments) is ("check", [string verb]) ? new CelDecision(authorizer.DecidePath(user, verb, path)) : null;
        return result is not null;
    }
}

internal sealed class CelGroupCheck(UserInfo user, Authorizer authorizer, string group) : ICelReceiver
{
    public string TypeName => "kubernetes.authorization.GroupCheck";

    public bool TryCall(string function, IReadOnlyList<object?> arguments, out object? result)
    {
        result = (function, arguments) is ("resource", [string resource])
            ? new CelResourceCheck(user, authorizer, new AccessQuestion("", group, resource))
            : null;
        return result is not null;
    }
}

internal sealed class CelResourceCheck(UserInfo user, Authorizer authorizer, AccessQuestion question) : ICelReceiver
{
    public string TypeName => "kubernetes.authorization.ResourceCheck";

    public bool TryCall(string function, IReadOnlyList<object?> arguments, out object? result)
    {
        result = (function, arguments) switch
        {
            ("subresource", [string text]) => With(question with { Subresource = text }),
            ("namespace", [string text]) => With(question with { Namespace = text }),
            ("name", [string text]) => With(question with { Name = text }),

            // Permissions here know no selectors: who may list some of the objects may list all.
            ("fieldSelector" or "labelSelector", [string]) => this,
            ("check", [string verb]) => new CelDecision(authorizer.Decide(user, question with { Verb = verb })),
            _ => null,
        };
        return result is not null;
    }

    private CelResourceCheck With(AccessQuestion next) => new(user, authorizer, next);
}

internal sealed class CelDecision(Verdict verdict) : ICelReceiver
{
    public string TypeName => "kubernetes.authorization.Decision";

    public bool TryCall(string function, IReadOnlyList<object?> arguments, out object? result)
    {
        result = (function, arguments) switch
        {
            ("allowed", []) => verdict.IsAllowed,
            ("reason", []) => verdict.Reason,
            ("errored", []) => false,
            ("error", []) => "",
            _ => null,
        };
        return result is not null;
    }
}
