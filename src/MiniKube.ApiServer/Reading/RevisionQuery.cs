using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// What <c>resourceVersion</c> and <c>resourceVersionMatch</c> of a list or get mean here. Everything is served from
/// the newest state, so "not older than" is always met unless the client comes from the future.
/// https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list
/// </summary>
internal static class RevisionQuery
{
    private const string Exact = "Exact";
    private const string NotOlderThan = "NotOlderThan";

    /// <summary>The past revision a list is asked for, or null for the newest.</summary>
    /// <exception cref="ApiException">
    /// BadRequest, Invalid or Timeout: malformed, contradictory or not reached yet.
    /// </exception>
    public static Revision? Resolve(string version, string match, bool limited, IResourceStore store)
    {
        CheckMatch(version, match);
        if (version.Length == 0 || version == "0")
        {
            return null;
        }

        var revision = Parse(version);
        if (revision > store.Current)
        {
            throw TooLarge(revision, store.Current);
        }

        // A limited list of a stated version without a match is exact, for old clients.
        var exact = match == Exact || (match.Length == 0 && limited);
        return exact && revision != store.Current ? revision : null;
    }

    public static Revision Parse(string version)
        => Revision.TryParse(version, out var revision)
            ? revision
            : throw new ApiException(StatusReason.BadRequest,
                $"resourceVersion: Invalid value: \"{version}\": must be a resource version this server gave out");

    /// <summary>What Kubernetes answers to a version of the future: clients wait a second and try again.</summary>
    public static ApiException TooLarge(Revision asked, Revision current)
        => new(StatusReason.Timeout, $"Too large resource version: {asked}, current: {current}")
        {
            Causes = [new FieldError("", "ResourceVersionTooLarge", "Too large resource version")],
            RetryAfterSeconds = 1,
        };

    private static void CheckMatch(string version, string match)
    {
        if (match.Length > 0 && match is not (Exact or NotOlderThan))
        {
            throw Forbidden($"Unsupported value: \"{match}\": supported values: \"Exact\", \"NotOlderThan\"");
        }

        if (match.Length > 0 && version.Length == 0)
        {
            throw Forbidden("Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
        }

        if (match == Exact && version == "0")
        {
            throw Forbidden("Forbidden: resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
        }
    }

    private static ApiException Forbidden(string why)
        => ApiException.Invalid(new Gvk("meta.k8s.io", "v1", "ListOptions"), "",
            [new FieldError("resourceVersionMatch", "FieldValueForbidden", why)]);
}
