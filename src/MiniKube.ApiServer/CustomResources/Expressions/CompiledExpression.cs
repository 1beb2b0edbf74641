using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>An expression of a schema, compiled, with the one that words its refusal. Immutable.</summary>
internal sealed class CompiledExpression
{
    /// <summary>What expressions may name.</summary>
    public static CelEnvironment Environment { get; } = new("self", "oldSelf");

    /// <exception cref="CelCompileException">The rule is no expression.</exception>
    public CompiledExpression(ValidationRule rule)
    {
        Rule = rule;
        Program = Environment.Compile(rule.Rule);
        Message = rule.MessageExpression.Length == 0 ? null : Environment.Compile(rule.MessageExpression);
        IsTransition = Program.Mentions("oldSelf");
    }

    public ValidationRule Rule { get; }

    public CelProgram Program { get; }

    public CelProgram? Message { get; }

    /// <summary>True when it compares with the object before, and so does not hold for new ones.</summary>
    public bool IsTransition { get; }
}
