using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>A validating policy, compiled. Immutable, thread-safe.</summary>
internal sealed class ValidatingPolicy
{
    private readonly ImmutableArray<CompiledValidation> _validations;
    private readonly ImmutableArray<AdmissionExpression> _annotations;

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
        _annotations = [.. (spec.AuditAnnotations ?? []).Select(one => new AdmissionExpression(one.ValueExpression, Core.Variables))];
    }

    public PolicyCore Core { get; }

    /// <summary>Everything that is wrong with the request.</summary>
    /// <exception cref="ApiException">An object could not be converted.</exception>
    public async ValueTask<IReadOnlyList<PolicyViolation>> EvaluateAsync(
        AdmissionSubject subject, BindingCore binding, ResourceSnapshot kinds, CancellationToken cancellationToken)
    {
        var violations = new List<PolicyViolation>();
        try
        {
            foreach (var run in await Core.RunsAsync(subject, binding, kinds, cancellationToken))
            {
                violations.AddRange(_validations.Select(one => Check(one, run, cancellationToken)).OfType<PolicyViolation>());
                violations.AddRange(_annotations.Select(one => CheckAnnotation(one, run, cancellationToken)).OfType<PolicyViolation>());
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

    private PolicyViolation? Check(CompiledValidation validation, PolicyRun run, CancellationToken cancellationToken)
    {
        var result = validation.Expression.Evaluate(run.Values, run.Budget, cancellationToken);
        return result switch
        {
            { IsTrue: true } => null,
            { Error: null, Value: false } => new PolicyViolation(
                validation.MessageOf(run, cancellationToken), validation.Reason, IsProblem: false),
            _ => Core.FailsOpen ? null : new PolicyViolation(validation.Expression.Problem(result, "bool"), "", IsProblem: false),
        };
    }

    // There is no audit log that would take the text; that it can be made is checked all the same.
    private PolicyViolation? CheckAnnotation(AdmissionExpression annotation, PolicyRun run, CancellationToken cancellationToken)
    {
        var result = annotation.Evaluate(run.Values, run.Budget, cancellationToken);
        return result is { Error: null, Value: null or string } || Core.FailsOpen
            ? null
            : new PolicyViolation(annotation.Problem(result, "string or null"), "", IsProblem: true);
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
internal sealed record PolicyViolation(string Message, string Reason, bool IsProblem);
