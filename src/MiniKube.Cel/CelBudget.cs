namespace MiniKube.Cel;

/// <summary>
/// What a request may spend on expressions, shared by all it evaluates. Not thread-safe: one request, one budget.
/// The constants are those of k8s.io/apiserver/pkg/apis/cel.
/// </summary>
public sealed class CelBudget(long limit)
{
    /// <summary>What one evaluation may cost.</summary>
    public const long PerCall = 1_000_000;

    /// <summary>What all rules of one object, or one policy binding, may cost.</summary>
    public const long PerRequest = 10_000_000;

    /// <summary>What the match conditions of one webhook or binding may cost.</summary>
    public const long MatchConditions = 2_500_000;

    /// <summary>What is left; never below zero.</summary>
    public long Remaining { get; private set; } = limit;

    internal void Spend(long cost) => Remaining = Math.Max(0, Remaining - cost);
}
