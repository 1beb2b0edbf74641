using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Acting as somebody else by the <c>Impersonate-</c> headers, for who has the verb <c>impersonate</c> on that user, each of the
/// groups, the uid and the extras. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
/// </summary>
internal sealed class Impersonation(Authorizer authorizer)
{
    private const string UserHeader = "Impersonate-User";
    private const string GroupHeader = "Impersonate-Group";
    private const string UidHeader = "Impersonate-Uid";
    private const string ExtraPrefix = "Impersonate-Extra-";
    private const string AccountPrefix = "system:serviceaccount:";
    private const string Verb = "impersonate";
    private const string AuthenticationGroup = "authentication.k8s.io";

    /// <summary>The user the request counts as: the asker when no header says otherwise.</summary>
    /// <exception cref="ApiException">Forbidden; BadRequest when a header is there without a user.</exception>
    public UserInfo? Apply(UserInfo? asker, IHeaderDictionary headers)
    {
        var name = headers[UserHeader].ToString();
        var groups = headers[GroupHeader].OfType<string>().ToImmutableArray();
        var uid = headers[UidHeader].ToString();
        var extra = ExtraOf(headers);
        if (name.Length == 0)
        {
            return groups.IsEmpty && uid.Length == 0 && extra.IsEmpty
                ? asker
                : throw new ApiException(StatusReason.InternalError,
                    $"requested {Listed(groups, uid, extra)} without impersonating a user");
        }

        var user = asker ?? throw RequestErrors.Unauthorized();
        Check(user, QuestionOfUser(name));
        foreach (var group in groups)
        {
            Check(user, new AccessQuestion(Verb, "", "groups", Name: group));
        }

        if (uid.Length > 0)
        {
            Check(user, new AccessQuestion(Verb, AuthenticationGroup, "uids", Name: uid));
        }

        foreach (var (key, value) in extra.SelectMany(one => one.Value.Select(value => (one.Key, value))))
        {
            Check(user, new AccessQuestion(Verb, AuthenticationGroup, "userextras", key, Name: value));
        }

        return new UserInfo(name, WithUsual(name, groups)) { Uid = uid, Extra = extra };
    }

    // Everybody who is somebody is authenticated, and accounts are in the groups accounts are in.
    private static ImmutableArray<string> WithUsual(string name, ImmutableArray<string> groups)
    {
        if (groups.IsEmpty && AccountOf(name) is { } account)
        {
            groups = ["system:serviceaccounts", $"system:serviceaccounts:{account.Namespace}"];
        }

        if (name == UserInfo.Anonymous.Name)
        {
            return groups.Contains(UserInfo.Unauthenticated) ? groups : groups.Add(UserInfo.Unauthenticated);
        }

        return groups.Contains(UserInfo.Authenticated) || groups.Contains(UserInfo.Unauthenticated)
            ? groups
            : groups.Add(UserInfo.Authenticated);
    }

    private static AccessQuestion QuestionOfUser(string name) => AccountOf(name) is { } account
        ? new AccessQuestion(Verb, "", "serviceaccounts", Namespace: account.Namespace, Name: account.Name)
        : new AccessQuestion(Verb, "", "users", Name: name);

    private static ObjectKey? AccountOf(string name)
        => name.StartsWith(AccountPrefix, StringComparison.Ordinal) && name[AccountPrefix.Length..].Split(':') is [var space, var account]
            ? new ObjectKey(space, account)
            : null;

    // Keys are escaped for headers as in URLs.
    private static ImmutableDictionary<string, ImmutableArray<string>> ExtraOf(IHeaderDictionary headers)
    {
        var extra = ImmutableDictionary<string, ImmutableArray<string>>.Empty;
        foreach (var (header, values) in headers)
        {
            if (header.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
            {
                var key = Uri.UnescapeDataString(header[ExtraPrefix.Length..].ToLowerInvariant());
                extra = extra.SetItem(key, [.. values.OfType<string>()]);
            }
        }

        return extra;
    }

    private static string Listed(
        ImmutableArray<string> groups, string uid, ImmutableDictionary<string, ImmutableArray<string>> extra)
        => string.Join(", ", groups.Select(group => $"group {group}")
            .Concat(uid.Length > 0 ? [$"uid {uid}"] : [])
            .Concat(extra.Keys.Select(key => $"extra {key}")));

    private void Check(UserInfo user, AccessQuestion question)
    {
        if (!authorizer.Decide(user, question).IsAllowed)
        {
            throw Authorizer.Forbidden(user, question);
        }
    }
}
