using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The rules of webhook configurations. Pure.</summary>
internal static class WebhookRules
{
    private const int SegmentsMin = 3;

    private static readonly string[] ReviewVersions = ["v1", "v1beta1"];
    private static readonly string[] FailurePolicies = ["Fail", "Ignore"];
    private static readonly string[] MatchPolicies = ["Equivalent", "Exact"];
    private static readonly string[] ReinvocationPolicies = ["IfNeeded", "Never"];
    private static readonly string[] SideEffects = ["None", "NoneOnDryRun"];

    public static void Validate(IReadOnlyList<WebhookDeclaration> hooks, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var index = 0; index < hooks.Count; index++)
        {
            Validate(hooks[index], $"webhooks[{index}]", errors);
            if (hooks[index].Name.Length > 0 && !names.Add(hooks[index].Name))
            {
                errors.Duplicate($"webhooks[{index}].name", hooks[index].Name);
            }
        }
    }

    /// <summary>A word is one of those allowed, if it is there.</summary>
    public static void ValidateWord(string? word, string[] allowed, string path, FieldErrors errors)
    {
        if (word is not null && !allowed.Contains(word))
        {
            errors.NotSupported(path, word, allowed);
        }
    }

    private static void Validate(WebhookDeclaration hook, string path, FieldErrors errors)
    {
        ValidateName(hook.Name, $"{path}.name", errors);
        for (var index = 0; index < hook.Rules.Count; index++)
        {
            OperationRuleRules.Validate(hook.Rules[index], $"{path}.rules[{index}]", errors);
        }

        ValidateWord(hook.FailurePolicy, FailurePolicies, $"{path}.failurePolicy", errors);
        ValidateWord(hook.MatchPolicy, MatchPolicies, $"{path}.matchPolicy", errors);
        ValidateWord(hook.ReinvocationPolicy, ReinvocationPolicies, $"{path}.reinvocationPolicy", errors);
        ValidateWord(hook.SideEffects, SideEffects, $"{path}.sideEffects", errors);
        if (hook.SideEffects is null)
        {
            errors.Required($"{path}.sideEffects", $"must specify one of {string.Join(", ", SideEffects)}");
        }

        if (hook.TimeoutSeconds is < 1 or > 30)
        {
            errors.Invalid($"{path}.timeoutSeconds", hook.TimeoutSeconds, "the timeout value must be between 1 and 30 seconds");
        }

        SelectorRules.Validate(hook.NamespaceSelector, $"{path}.namespaceSelector", errors);
        SelectorRules.Validate(hook.ObjectSelector, $"{path}.objectSelector", errors);
        WebhookClientRules.Validate(hook.Target, $"{path}.clientConfig", errors);
        AdmissionExpressionRules.ValidateConditions(
            hook.MatchConditions, AdmissionVariables.OfWebhooks, $"{path}.matchConditions", errors);
        ValidateReviewVersions(hook.ReviewVersions, $"{path}.admissionReviewVersions", errors);
    }

    private static void ValidateName(string name, string path, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path);
        }
        else if (Names.CheckDnsSubdomain(name) is { Count: > 0 } problems)
        {
            errors.Invalid(path, name, string.Join(",", problems));
        }
        else if (name.Split('.').Length < SegmentsMin)
        {
            errors.Invalid(path, name, "should be a domain with at least three segments separated by dots");
        }
    }

    private static void ValidateReviewVersions(IReadOnlyList<string> versions, string path, FieldErrors errors)
    {
        if (versions.Count == 0)
        {
            errors.Required(path, $"must specify one of {string.Join(", ", ReviewVersions)}");
            return;
        }

        for (var index = 0; index < versions.Count; index++)
        {
            if (versions.Take(index).Contains(versions[index]))
            {
                errors.Invalid($"{path}[{index}]", versions[index], "duplicate version");
                continue;
            }

            errors.Invalid($"{path}[{index}]", versions[index], Names.CheckDns1035Label(versions[index]));
        }

        if (!versions.Any(ReviewVersions.Contains))
        {
            errors.Invalid(path, versions, $"must include at least one of {string.Join(", ", ReviewVersions)}");
        }
    }
}
