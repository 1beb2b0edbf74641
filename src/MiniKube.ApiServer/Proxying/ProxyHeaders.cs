using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace MiniKube.ApiServer;

/// <summary>Which headers of a proxied request and its answer go on to the other side, and which are added. Pure.</summary>
internal static class ProxyHeaders
{
    // RFC 9110, 7.6.1: about one connection. They are made anew for the next.
    private static readonly FrozenSet<string> OfOneConnection = FrozenSet.ToFrozenSet(
        ["Connection", "Expect", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
            "Transfer-Encoding", "Upgrade"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes over what the client sent, but for who it is: a pod must not learn credentials of the API.</summary>
    public static void Copy(HttpRequest from, HttpRequestMessage to, ProxyPath path, bool keepsHost)
    {
        var named = Named(from.Headers.Connection);
        foreach (var (name, values) in from.Headers)
        {
            if (OfOneConnection.Contains(name) || named.Contains(name) || name.StartsWith(':') || IsIdentity(name)
                || name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!to.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                to.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        if (keepsHost)
        {
            to.Headers.Host = from.Host.Value;
        }

        AddForwarded(from, to.Headers, path);
    }

    /// <summary>Takes over the answer's; a place on the other side becomes the place it has here.</summary>
    public static void Copy(HttpResponseMessage from, HttpResponse to, ProxyPath path, Uri authority)
    {
        var named = from.Headers.Connection.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
        {
            if (!OfOneConnection.Contains(name) && !named.Contains(name))
            {
                to.Headers.Append(name, values.ToArray());
            }
        }

        if (to.Headers.Location.ToString() is { Length: > 0 } location)
        {
            to.Headers.Location = LocationHere(location, path, authority, from.RequestMessage?.Headers.Host);
        }
    }

    /// <summary>Where a redirect leads from the client's view; other hosts stay what they are.</summary>
    internal static string LocationHere(string location, ProxyPath path, Uri authority, string? host)
    {
        if (location.StartsWith('/') && !location.StartsWith("//", StringComparison.Ordinal))
        {
            return path.Prefix + location;
        }

        return Uri.TryCreate(location, UriKind.Absolute, out var absolute)
            && absolute.Scheme is "http" or "https"
            && (absolute.Authority == authority.Authority || absolute.Authority == host)
            ? path.Prefix + absolute.PathAndQuery + absolute.Fragment
            : location;
    }

    // As kube-apiserver: what the other side needs to know how it is seen from outside.
    private static void AddForwarded(HttpRequest from, HttpRequestHeaders to, ProxyPath path)
    {
        to.Remove("X-Forwarded-Uri");
        to.Remove("X-Forwarded-Host");
        to.Remove("X-Forwarded-Proto");
        to.TryAddWithoutValidation("X-Forwarded-Uri", path.Prefix + path.Rest);
        to.TryAddWithoutValidation("X-Forwarded-Host", from.Host.Value);
        to.TryAddWithoutValidation("X-Forwarded-Proto", from.Scheme);
        if (from.HttpContext.Connection.RemoteIpAddress is { } address)
        {
            string[] until = from.Headers.TryGetValue("X-Forwarded-For", out var earlier) ? [.. earlier.OfType<string>()] : [];
            var client = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
            to.Remove("X-Forwarded-For");
            to.TryAddWithoutValidation("X-Forwarded-For", string.Join(", ", until.Append(client)));
        }
    }

    private static bool IsIdentity(string name)
        => name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase);

    private static HashSet<string> Named(IEnumerable<string?> connection)
        => connection.SelectMany(static value => (value ?? "").Split(',', StringSplitOptions.TrimEntries))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
