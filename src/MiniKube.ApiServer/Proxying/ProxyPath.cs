namespace MiniKube.ApiServer;

/// <summary>
/// A path through the API to something else: <c>/api/v1/namespaces/NS/pods|services/NAME/proxy[/REST]</c> or
/// <c>/api/v1/nodes/NAME/proxy[/REST]</c>. What lies behind <c>proxy</c> belongs to the other side and stays as it was sent.
/// </summary>
/// <param name="Resource">The path of the subresource, decoded: what permissions are about.</param>
/// <param name="Prefix">The same as it was sent, up to and with <c>proxy</c>.</param>
/// <param name="Rest">What follows, with its slash in front; empty when nothing does.</param>
/// <param name="Query">The query with its question mark, or empty.</param>
internal sealed record ProxyPath(string Resource, string Prefix, string Rest, string Query)
{
    private const string Word = "proxy";

    /// <summary>Null when the target of the request is no such path.</summary>
    public static ProxyPath? Find(string rawTarget)
    {
        var mark = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = mark < 0 ? (rawTarget, "") : (rawTarget[..mark], rawTarget[mark..]);
        var segments = path.Split('/', 9);
        var length = segments switch
        {
            ["", "api", "v1", "namespaces", _, "pods" or "services", _, Word, ..] => 8,
            ["", "api", "v1", "nodes", _, Word, ..] => 6,
            _ => 0,
        };
        if (length == 0)
        {
            return null;
        }

        var decoded = segments[..length].Select(Uri.UnescapeDataString).ToList();
        if (decoded.Skip(1).Any(static part => part is "" or "." or ".." || part.Contains('/', StringComparison.Ordinal)))
        {
            return null; // It would mean another path to whoever reads it next.
        }

        var prefix = string.Join('/', segments[..length]);
        return new ProxyPath(string.Join('/', decoded), prefix, path[prefix.Length..], query);
    }
}
