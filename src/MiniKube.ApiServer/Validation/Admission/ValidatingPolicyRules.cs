using k8s.Models;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>The rules of validating policies. Pure.</summary>
internal static class ValidatingPolicyRules
{
    private const int AnnotationsMax = 20;
    private const int AnnotationExpressionBytesMax = 5 * 1024;

    private static readonly string[] Actions = ["Audit", "Deny", "Warn"];
    private static readonly string[] Reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge"];

    public static void Validate(V1ValidatingAdmissionPolicy policy, FieldErrors errors)
    {
        var spec = policy.Spec;
        var variables = AdmissionVariables.Of(spec.ParamKind is not null, mutates: false);
        PolicyRules.ValidateFailurePolicy(spec.FailurePolicy, errors);
        PolicyRules.ValidateParamKind(spec.ParamKind, errors);
        PolicyRules.ValidateConstraints(spec.MatchConstraints, errors);
        AdmissionExpressionRules.ValidateConditions([.. spec.MatchConditions ?? []], variables, "spec.matchConditions", errors);
        PolicyRules.ValidateVariables([.. spec.Variables ?? []], variables, errors);
        var own = AdmissionVariables.Own((spec.Variables ?? []).Select(static one => one.Name ?? ""));
        var (validations, annotations) = (spec.Validations ?? [], spec.AuditAnnotations ?? []);
        if (validations.Count == 0 && annotations.Count == 0)
        {
            const string why = "validations or auditAnnotations must contain at least one item";
            errors.Required("spec.validations", why);
            errors.Required("spec.auditAnnotations", why);
        }

        for (var index = 0; index < validations.Count; index++)
        {
            ValidateOne(validations[index], variables, own, $"spec.validations[{index}]", errors);
        }

        if (annotations.Count > AnnotationsMax)
        {
            errors.Invalid(
                "spec.auditAnnotations",
                annotations.Select(static one => one.Key ?? ""),
                $"must not have more than {AnnotationsMax} auditAnnotations");
        }

        ValidateAnnotations(policy.Metadata.Name ?? "", annotations, variables, own, errors);
    }

    public static void ValidateActions(IReadOnlyList<string> actions, FieldErrors errors)
    {
        const string path = "spec.validationActions";
        for (var index = 0; index < actions.Count; index++)
        {
            WebhookRules.ValidateWord(actions[index], Actions, $"{path}[{index}]", errors);
            if (actions.Take(index).Contains(actions[index]))
            {
                errors.Duplicate($"{path}[{index}]", actions[index]);
            }
        }

        if (actions.Contains("Deny") && actions.Contains("Warn"))
        {
            errors.Invalid(path, actions,
                "must not contain both Deny and Warn (repeating the same validation failure information in the API response and "
                + "headers serves no purpose)");
        }

        if (actions.Count == 0)
        {
            errors.Required(path, "at least one validation action is required");
        }
    }

    private static void ValidateOne(
        V1Validation validation, AdmissionVariables variables, CelShape own, string path, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(validation.Expression))
        {
            errors.Required($"{path}.expression", "expression is not specified");
        }
        else
        {
            AdmissionExpressionRules.Check(validation.Expression, variables, own, [CelShape.Bool], $"{path}.expression", errors);
        }

        if (validation.MessageExpression is { Length: > 0 } expression)
        {
            if (string.IsNullOrWhiteSpace(expression))
            {
                errors.Invalid($"{path}.messageExpression", expression, "must be non-empty if specified");
            }
            else
            {
                AdmissionExpressionRules.Check(expression, variables, own, [CelShape.String], $"{path}.messageExpression", errors);
            }
        }

        if (validation.Message is { Length: > 0 } message)
        {
            if (string.IsNullOrWhiteSpace(message))
            {
                errors.Invalid($"{path}.message", message, "must be non-empty if specified");
            }
            else if (message.Trim().AsSpan().IndexOfAny('\n', '\r') >= 0)
            {
                errors.Invalid($"{path}.message", message, "must not contain line breaks");
            }
        }

        WebhookRules.ValidateWord(validation.Reason, Reasons, $"{path}.reason", errors);
    }

    private static void ValidateAnnotations(
        string policy, IList<V1AuditAnnotation> annotations, AdmissionVariables variables, CelShape own, FieldErrors errors)
    {
        var keys = new HashSet<string>();
        for (var index = 0; index < annotations.Count; index++)
        {
            var (one, path) = (annotations[index], $"spec.auditAnnotations[{index}]");
            var key = one.Key ?? "";
            errors.Invalid($"{path}.key", $"{policy}/{key}", Names.CheckQualifiedName($"{policy}/{key}"));
            if (string.IsNullOrWhiteSpace(one.ValueExpression))
            {
                errors.Required($"{path}.valueExpression", "valueExpression is not specified");
            }
            else if (one.ValueExpression.Length > AnnotationExpressionBytesMax)
            {
                errors.Required($"{path}.valueExpression", $"must not exceed {AnnotationExpressionBytesMax} bytes in length");
            }
            else
            {
                AdmissionExpressionRules.Check(
                    one.ValueExpression, variables, own, [CelShape.String], $"{path}.valueExpression", errors);
            }

            if (!keys.Add(key))
            {
                errors.Duplicate($"{path}.key", key);
            }
        }
    }
}
