using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>URLs: absolute ones, and absolute paths. https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library</summary>
internal static class Urls
{
    public static Dictionary<string, Function> Global { get; } = new()
    {
        ["url"] = static (_, a) => a is [string text]
            ? Parse(text) as object ?? new CelError(
                $"URL parse error during conversion from string: parse \"{text}\": invalid URI for request")
            : CelError.NoOverload,
        ["isURL"] = static (_, a) => a is [string text] ? Boxes.Of(Parse(text) is not null) : CelError.NoOverload,
    };

    public static Dictionary<string, Function> Member { get; } = new()
    {
        ["getScheme"] = Part(static url => url.Scheme),
        ["getHost"] = Part(static url => url.Host),
        ["getHostname"] = Part(static url => url.HostName),
        ["getPort"] = Part(static url => url.Port),
        ["getEscapedPath"] = Part(static url => url.Path),
        ["getQuery"] = static (_, a) => a is [CelUrl url] ? url.Query : CelError.NoOverload,
    };

    private static Function Part(Func<CelUrl, string> read) => (_, a) => a is [CelUrl url] ? read(url) : CelError.NoOverload;

    private static CelUrl? Parse(string text)
    {
        if (text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal))
        {
            var mark = text.IndexOf('?', StringComparison.Ordinal);
            return text.Contains(' ', StringComparison.Ordinal)
                ? null
                : new CelUrl(text, "", "", "", "", mark < 0 ? text : text[..mark], QueryOf(mark < 0 ? "" : text[mark..]));
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !text.Contains("://", StringComparison.Ordinal)
            || text.Contains(' ', StringComparison.Ordinal))
        {
            return null;
        }

        // The platform fills in the ports of schemes; the text says whether one was written.
        var authority = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        authority = authority[..(authority.IndexOfAny(['/', '?', '#']) is >= 0 and var end ? end : authority.Length)];
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > authority.LastIndexOf(']');
        var path = url.AbsolutePath == "/" && !text.EndsWith('/') && url.Query.Length == 0 ? "" : url.AbsolutePath;
        return new CelUrl(
            text,
            url.Scheme,
            authority,
            (hasPort ? authority[..colon] : authority).Trim('[', ']'),
            hasPort ? authority[(colon + 1)..] : "",
            path,
            QueryOf(url.Query));
    }

    private static NativeMap QueryOf(string query)
    {
        var entries = new Dictionary<object, object?>();
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = at >= 0 ? (pair[..at], pair[(at + 1)..]) : (pair, "");
            var key = Decoded(name);
            if (!entries.TryGetValue(key, out var known))
            {
                entries[key] = known = new List<object?>();
            }

            ((List<object?>)known!).Add(Decoded(value));
        }

        return new NativeMap(entries.ToDictionary(one => one.Key, one => (object?)new NativeList((List<object?>)one.Value!)));
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}

/// <summary>A URL in its parts; two are equal when they were written alike.</summary>
internal sealed record CelUrl(string Text, string Scheme, string Host, string HostName, string Port, string Path, ICelMap Query)
{
    public bool Equals(CelUrl? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
