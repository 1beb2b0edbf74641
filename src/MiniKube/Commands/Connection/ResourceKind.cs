using MiniKube.Api;

namespace MiniKube;

/// <summary>A kind of object the server has, as its discovery tells it.</summary>
internal sealed record ResourceKind
{
    public required Gvr Gvr { get; init; }

    public required string Kind { get; init; }

    public required string Singular { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public required bool Namespaced { get; init; }

    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>How kubectl names objects of the kind: <c>pod/web</c>, <c>deployment.apps/web</c>.</summary>
    public string Title(string name)
        => Gvr.Group.Length == 0 ? $"{Singular}/{name}" : $"{Singular}.{Gvr.Group}/{name}";

    /// <summary>The collection's path; null is all namespaces.</summary>
    public string PathOf(string? @namespace)
    {
        var root = Gvr.Group.Length == 0 ? $"/api/{Gvr.Version}" : $"/apis/{Gvr.Group}/{Gvr.Version}";
        return Namespaced && @namespace is not null
            ? $"{root}/namespaces/{Uri.EscapeDataString(@namespace)}/{Gvr.Resource}"
            : $"{root}/{Gvr.Resource}";
    }

    /// <summary>The object's path.</summary>
    public string PathOf(string? @namespace, string name) => $"{PathOf(@namespace)}/{Uri.EscapeDataString(name)}";

    /// <summary>
    /// True when a person means this kind by the word: <c>po</c>, <c>pod</c>, <c>pods</c>, <c>Pod</c>,
    /// <c>deployments.apps</c>, <c>deploy.v1.apps</c>.
    /// </summary>
    public bool IsCalled(string word)
    {
        var dot = word.IndexOf('.', StringComparison.Ordinal);
        var (name, group) = dot < 0 ? (word, null) : (word[..dot], word[(dot + 1)..]);
        var sameGroup = group is null || group == Gvr.Group || group == $"{Gvr.Version}.{Gvr.Group}".TrimEnd('.');
        return sameGroup && IsNamed(name.ToLowerInvariant());
    }

    private bool IsNamed(string name)
        => name == Gvr.Resource || name == Singular || name == Kind.ToLowerInvariant() || ShortNames.Contains(name);
}
