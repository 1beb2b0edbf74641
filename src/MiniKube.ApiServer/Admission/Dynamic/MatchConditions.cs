using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>
/// The match conditions of a webhook or policy, compiled. One that is false excludes the request, whatever the others are; one that
/// fails is a matter of the failure policy. Immutable.
/// </summary>
internal sealed class MatchConditions
{
    private readonly ImmutableArray<AdmissionExpression> _conditions;
    private readonly AdmissionVariables _variables;

    public MatchConditions(IEnumerable<V1MatchCondition> conditions, AdmissionVariables variables)
    {
        _variables = variables;
        _conditions = [.. conditions.Select(one => new AdmissionExpression(one.Expression.Trim(), variables))];
    }

    public bool IsEmpty => _conditions.IsEmpty;

    /// <summary>True when all hold. With failures and no refusal, null and what failed.</summary>
    public bool? Evaluate(Func<int, object?[]> valuesOf, out string problem, CancellationToken cancellationToken)
    {
        problem = "";
        if (_conditions.IsEmpty)
        {
            return true;
        }

        var values = valuesOf(_variables.Count);
        var budget = new CelBudget(CelBudget.MatchConditions);
        var problems = new List<string>();
        foreach (var condition in _conditions)
        {
            var result = condition.Evaluate(values, budget, cancellationToken);
            if (result is { Error: null, Value: false })
            {
                return false;
            }

            if (!result.IsTrue)
            {
                problems.Add(condition.Problem(result, "bool"));
            }
        }

        if (problems.Count == 0)
        {
            return true;
        }

        problem = problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]";
        return null;
    }
}

/// <summary>One compiled expression. What cannot be compiled fails when it is evaluated. Immutable.</summary>
internal sealed class AdmissionExpression
{
    private readonly CelProgram? _program;
    private readonly string _problem = "";

    public AdmissionExpression(string text, AdmissionVariables variables)
    {
        Text = text;
        try
        {
            _program = variables.Compile(text);
        }
        catch (CelCompileException wrong)
        {
            // It was written by a server with other rules.
            _problem = wrong.Message;
        }
    }

    public string Text { get; }

    public CelResult Evaluate(object?[] values, CelBudget budget, CancellationToken cancellationToken)
        => _program is null ? new CelResult(null, _problem, 0) : _program.Evaluate(values, budget, cancellationToken);

    /// <summary>Why the result is of no use.</summary>
    public string Problem(CelResult result, string wanted)
        => result.Error is { } error
            ? $"expression '{Text}' resulted in error: {error}"
            : $"expression '{Text}' resulted in error: must evaluate to {wanted}";
}
