using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What a Job does about failed pods. https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy</summary>
internal static class PodFailurePolicyRules
{
    private const int RulesMax = 20;
    private const int ValuesMax = 255;

    public static void Validate(V1PodFailurePolicy? policy, string path, FieldErrors errors)
    {
        var rules = policy?.Rules ?? [];
        errors.AtMost($"{path}.rules", rules.Count, RulesMax);
        for (var index = 0; index < rules.Count; index++)
        {
            ValidateRule(rules[index], $"{path}.rules[{index}]", errors);
        }
    }

    private static void ValidateRule(V1PodFailurePolicyRule rule, string path, FieldErrors errors)
    {
        errors.OneOf($"{path}.action", rule.Action, "Count", "FailIndex", "FailJob", "Ignore");
        var byCondition = rule.OnPodConditions is { Count: > 0 };
        if (rule.OnExitCodes is not null && byCondition)
        {
            errors.Invalid(path, "", "specifying both OnExitCodes and OnPodConditions is not supported");
        }
        else if (rule.OnExitCodes is null && !byCondition)
        {
            errors.Invalid(path, "", "specifying one of OnExitCodes and OnPodConditions is required");
        }

        if (rule.OnExitCodes is { } codes)
        {
            ValidateCodes(codes, $"{path}.onExitCodes", errors);
        }

        for (var index = 0; index < (rule.OnPodConditions?.Count ?? 0); index++)
        {
            var (condition, place) = (rule.OnPodConditions![index], $"{path}.onPodConditions[{index}]");
            errors.Invalid($"{place}.type", condition.Type ?? "", Names.CheckQualifiedName(condition.Type ?? ""));
            errors.OneOf($"{place}.status", condition.Status, "False", "True", "Unknown");
        }
    }

    private static void ValidateCodes(V1PodFailurePolicyOnExitCodesRequirement codes, string path, FieldErrors errors)
    {
        errors.OneOf($"{path}.operator", codes.OperatorProperty, "In", "NotIn");
        var values = codes.Values ?? [];
        if (values.Count == 0)
        {
            errors.Invalid($"{path}.values", null, "at least one value is required");
        }

        errors.AtMost($"{path}.values", values.Count, ValuesMax);
        for (var index = 0; index < values.Count; index++)
        {
            if (codes.OperatorProperty == "In" && values[index] == 0)
            {
                errors.Invalid($"{path}.values[{index}]", values[index], "must not be 0 for the In operator");
            }

            if (index > 0 && values[index] == values[index - 1])
            {
                errors.Duplicate($"{path}.values[{index}]", values[index]);
            }
            else if (index > 0 && values[index] < values[index - 1])
            {
                errors.Invalid($"{path}.values", values.Select(value => JobTexts.Number(value)), "must be ordered");
            }
        }
    }
}
