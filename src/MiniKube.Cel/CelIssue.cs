namespace MiniKube.Cel;

/// <summary>What is wrong with an expression's text; lines and columns count from 1.</summary>
public sealed record CelIssue(int Line, int Column, string Message)
{
    /// <summary>In Kubernetes' wording: <c>ERROR: &lt;input&gt;:1:6: ...</c>.</summary>
    public override string ToString() => $"ERROR: <input>:{Line}:{Column}: {Message}";

    internal static CelIssue At(string source, int offset, string message)
    {
        var before = source.AsSpan(0, Math.Min(offset, source.Length));
        return new CelIssue(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'), message);
    }
}

/// <summary>An expression that cannot be compiled.</summary>
public sealed class CelCompileException(CelIssue issue) : Exception($"compilation failed: {issue}")
{
    /// <summary>What is wrong, and where.</summary>
    public CelIssue Issue { get; } = issue;
}
