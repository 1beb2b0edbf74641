using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>A validating policy, compiled. Immutable, thread-safe.</summary>
internal sealed class ValidatingPolicy
{
    private readonly ImmutableArray<CompiledValidation> _validations;
    private readonly ImmutableArray<(string Key, AdmissionExpression Value)> _annotations;

    public ValidatingPolicy(V1ValidatingAdmissionPolicy policy)
    {
        var spec = policy.Spec;
        Core = new PolicyCore(
            policy.Metadata.Name,
            spec.FailurePolicy,
            spec.MatchConstraints,
            spec.MatchConditions,
            spec.Variables,
            spec.ParamKind,
            mutates: false);
        _validations = [.. (spec.Validations ?? []).Select(one => new CompiledValidation(one, Core.Variables))];
        _annotations =
        [
            .. (spec.AuditAnnotations ?? []).Select(one => (one.Key, new AdmissionExpression(one.ValueExpression, Core.Variables))),
        ];
    }

    public PolicyCore Core { get; }

    /// <summary>Everything that is wrong with the request. What the policy wants in the audit log is noted with the subject.</summary>
    /// <exception cref="ApiException">An object could not be converted.</exception>
    public async ValueTask<IReadOnlyList<PolicyViolation>> EvaluateAsync(
        AdmissionSubject subject, BindingCore binding, ResourceSnapshot kinds, CancellationToken cancellationToken)
    {
        var violations = new List<PolicyViolation>();
        try
        {
            foreach (var run in await Core.RunsAsync(subject, binding, kinds, cancellationToken))
            {
                violations.AddRange(_validations
                    .Select((one, index) => Check(one, index, run, cancellationToken))
                    .OfType<PolicyViolation>());
                violations.AddRange(_annotations
                    .Select(one => Annotate(subject, one.Key, one.Value, run, cancellationToken))
                    .OfType<PolicyViolation>());
            }
        }
        catch (PolicyProblemException problem)
        {
            if (!Core.FailsOpen)
            {
                violations.Add(new PolicyViolation(problem.Message, "", IsProblem: true));
            }
        }

        return violations;
    }

    private PolicyViolation? Check(CompiledValidation validation, int index, PolicyRun run, CancellationToken cancellationToken)
    {
        var result = validation.Expression.Evaluate(run.Values, run.Budget, cancellationToken);
        return result switch
        {
            { IsTrue: true } => null,
            { Error: null, Value: false } => new PolicyViolation(
                validation.MessageOf(run, cancellationToken), validation.Reason, IsProblem: false, index),
            _ => Core.FailsOpen ? null : new PolicyViolation(validation.Expression.Problem(result, "bool"), "", IsProblem: false, index),
        };
    }

    private PolicyViolation? Annotate(
        AdmissionSubject subject, string key, AdmissionExpression value, PolicyRun run, CancellationToken cancellationToken)
    {
        var result = value.Evaluate(run.Values, run.Budget, cancellationToken);
        if (result is not { Error: null, Value: null or string })
        {
            return Core.FailsOpen ? null : new PolicyViolation(value.Problem(result, "string or null"), "", IsProblem: true);
        }

        // Nothing, and nothing but space, is left out.
        if (result.Value is string text && !string.IsNullOrWhiteSpace(text))
        {
            subject.Notes.Add(Core.Name, key, text.Trim());
        }

        return null;
    }

    private sealed class CompiledValidation(V1Validation validation, AdmissionVariables variables)
    {
        private readonly AdmissionExpression? _message = string.IsNullOrWhiteSpace(validation.MessageExpression)
            ? null
            : new AdmissionExpression(validation.MessageExpression, variables);

        public AdmissionExpression Expression { get; } = new(validation.Expression, variables);

        public string Reason => validation.Reason ?? "";

        public string MessageOf(PolicyRun run, CancellationToken cancellationToken)
        {
            if (_message?.Evaluate(run.Values, run.Budget, cancellationToken).Value is string text
                && !string.IsNullOrWhiteSpace(text) && text.Trim().AsSpan().IndexOfAny('\n', '\r') < 0)
            {
                return text.Trim();
            }

            return string.IsNullOrWhiteSpace(validation.Message)
                ? $"failed expression: {validation.Expression.Trim()}"
                : validation.Message.Trim();
        }
    }
}

/// <summary>Something a policy has against a request.</summary>
/// <param name="Message">What.</param>
/// <param name="Reason">The Status reason; empty for Invalid.</param>
/// <param name="IsProblem">True when the policy could not be evaluated, and refuses whatever its bindings say.</param>
/// <param name="ExpressionIndex">Which of its validations says so.</param>
internal sealed record PolicyViolation(string Message, string Reason, bool IsProblem, int ExpressionIndex = 0);
