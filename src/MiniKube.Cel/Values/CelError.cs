namespace MiniKube.Cel.Values;

/// <summary>An error on its way through an expression; <c>&amp;&amp;</c>, <c>||</c>, all and exists can absorb it.</summary>
internal sealed record CelError(string Message)
{
    public static CelError NoOverload { get; } = new("no such overload");

    public static CelError NoKey(object? key) => new($"no such key: {key}");
}

/// <summary>The budget is spent: ends the evaluation, absorbed by nothing.</summary>
internal sealed class CelCostException() : Exception("operation cancelled: actual cost limit exceeded");
