namespace MiniKube.ApiServer;

/// <summary>
/// What the path of a resource request names. Shapes, below <c>/api/VERSION</c> or <c>/apis/GROUP/VERSION</c>:
/// <c>RESOURCE[/NAME[/SUBRESOURCE]]</c> and <c>namespaces/NAMESPACE/RESOURCE[/NAME[/SUBRESOURCE]]</c>, both also behind
/// <c>watch/</c>.
/// </summary>
internal readonly record struct RequestTarget
{
    // Kubernetes paths have at most nine segments; anything longer is no resource.
    private const int SegmentsMax = 16;

    private RequestTarget(string group, string version)
    {
        Group = group;
        Version = version;
    }

    public string Group { get; }

    public string Version { get; }

    /// <summary>Empty when the path names none.</summary>
    public string Namespace { get; private init; } = "";

    /// <summary>The plural name: <c>pods</c>.</summary>
    public string Resource { get; private init; } = "";

    /// <summary>Empty for a collection.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Empty for the object itself.</summary>
    public string Subresource { get; private init; } = "";

    /// <summary>True for the old <c>/watch/</c> form.</summary>
    public bool IsWatch { get; private init; }

    /// <summary>False for paths that are not of a resource: other endpoints, discovery, nonsense.</summary>
    public static bool TryParse(ReadOnlySpan<char> path, out RequestTarget target)
    {
        target = default;
        Span<Range> segments = stackalloc Range[SegmentsMax];
        var trimmed = path.Trim('/');
        var count = trimmed.Split(segments, '/');
        if (count is 0 or SegmentsMax || HasEmpty(segments[..count]))
        {
            return false;
        }

        var rest = trimmed[segments[0]] switch
        {
            "api" when count > 2 => 2,
            "apis" when count > 3 => 3,
            _ => 0,
        };
        if (rest == 0)
        {
            return false;
        }

        var group = rest == 2 ? "" : trimmed[segments[1]].ToString();
        var version = trimmed[segments[rest - 1]].ToString();
        return TryParseResource(trimmed, segments[rest..count], new RequestTarget(group, version), out target);
    }

    private static bool TryParseResource(
        ReadOnlySpan<char> path, ReadOnlySpan<Range> rest, RequestTarget start, out RequestTarget target)
    {
        target = start;
        if (path[rest[0]].SequenceEqual("watch") && rest.Length > 1)
        {
            target = target with { IsWatch = true };
            rest = rest[1..];
        }

        // Two of the core group's own subresources have the place of a resource: namespaces/NAME/status is the
        // namespace's status.
        var isNamespaced = path[rest[0]].SequenceEqual("namespaces") && rest.Length > 2
            && !(path[rest[2]] is "status" or "finalize" && rest.Length == 3);
        if (isNamespaced)
        {
            target = target with { Namespace = path[rest[1]].ToString() };
            rest = rest[2..];
        }

        if (rest.Length > 3)
        {
            return false;
        }

        target = target with
        {
            Resource = path[rest[0]].ToString(),
            Name = rest.Length > 1 ? path[rest[1]].ToString() : "",
            Subresource = rest.Length > 2 ? path[rest[2]].ToString() : "",
        };
        return true;
    }

    private static bool HasEmpty(ReadOnlySpan<Range> segments)
    {
        foreach (var segment in segments)
        {
            if (segment.Start.Value == segment.End.Value)
            {
                return true;
            }
        }

        return false;
    }
}
