namespace MiniKube.Cel.Syntax;

internal enum TreeKind
{
    Literal,
    Identifier,
    Select,
    Index,
    Call,
    List,
    Map,
}

/// <summary>
/// An expression as written. Operators are calls of functions with the operator's name. <see cref="Optional"/> marks
/// <c>a.?b</c> and <c>a[?b]</c>; in lists and maps the optional entries are in <see cref="Marks"/>.
/// </summary>
internal sealed record Tree(TreeKind Kind, int At, string Name, object? Value, Tree? Target, IReadOnlyList<Tree> Children)
{
    public bool Optional { get; init; }

    public IReadOnlySet<int> Marks { get; init; } = new HashSet<int>();

    /// <summary>How deep evaluation recurses; the parser bounds it.</summary>
    public int Depth { get; } = 1 + Math.Max(Target?.Depth ?? 0, Children.Count == 0 ? 0 : Children.Max(child => child.Depth));
}
