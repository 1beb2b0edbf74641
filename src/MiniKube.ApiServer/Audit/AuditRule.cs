using System.Collections.Immutable;

namespace MiniKube.ApiServer;

/// <summary>One rule of a policy. An empty list asks for nothing.</summary>
internal sealed record AuditRule(AuditVerdict Verdict)
{
    public ImmutableArray<string> Users { get; init; } = [];

    public ImmutableArray<string> Groups { get; init; } = [];

    public ImmutableArray<string> Verbs { get; init; } = [];

    public ImmutableArray<AuditResources> Resources { get; init; } = [];

    /// <summary>The empty name stands for what lies in no namespace.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];

    public ImmutableArray<string> Paths { get; init; } = [];

    public bool Matches(in AuditSubject subject)
    {
        if (!IsOrAny(Users, subject.User.Name)
            || !IsOrAny(Verbs, subject.Verb)
            || (!Groups.IsEmpty && !subject.User.Groups.Any(Groups.Contains)))
        {
            return false;
        }

        if (!Namespaces.IsEmpty || !Resources.IsEmpty)
        {
            return subject.Request is { } request && MatchesResource(request);
        }

        var path = subject.Path;
        return Paths.IsEmpty || (subject.Request is null && Paths.Any(pattern => MatchesPath(pattern, path)));
    }

    private bool MatchesResource(ResourceRequest request)
        => IsOrAny(Namespaces, request.AskedNamespace)
            && (Resources.IsEmpty || Resources.Any(one => one.Contains(request)));

    private static bool MatchesPath(string pattern, string path)
        => pattern.EndsWith('*') ? path.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == path;

    private static bool IsOrAny(ImmutableArray<string> wanted, string value) => wanted.IsEmpty || wanted.Contains(value);
}

/// <summary>Resources of one group, by name, with <c>pods/log</c>, <c>pods/*</c> and <c>*/status</c> for subresources.</summary>
internal sealed record AuditResources(string Group, ImmutableArray<string> Resources, ImmutableArray<string> Names)
{
    public bool Contains(ResourceRequest request)
        => request.Definition.Gvr.Group == Group
            && (Names.IsEmpty || Names.Contains(request.AskedName))
            && (Resources.IsEmpty || Resources.Any(pattern => Matches(pattern, request)));

    private static bool Matches(string pattern, ResourceRequest request)
    {
        if (pattern == "*")
        {
            return true;
        }

        var (resource, subresource) = pattern.Split('/', 2) is [var left, var right] ? (left, right) : (pattern, "");
        return (resource == "*" || resource == request.Definition.Gvr.Resource)
            && (subresource == request.Subresource || (subresource == "*" && pattern.Contains('/')));
    }
}
