using System.Text.RegularExpressions;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What validating and mutating policies and their bindings have in common. Pure.</summary>
internal static partial class PolicyRules
{
    private static readonly string[] FailurePolicies = ["Fail", "Ignore"];
    private static readonly string[] MatchPolicies = ["Equivalent", "Exact"];
    private static readonly string[] NotFoundActions = ["Allow", "Deny"];

    private static readonly HashSet<string> Reserved =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
        "package", "namespace", "return", "var", "void", "while",
    ];

    public static void ValidateFailurePolicy(string? policy, FieldErrors errors)
        => errors.OneOf("spec.failurePolicy", policy, FailurePolicies);

    public static void ValidateConstraints(V1MatchResources? resources, FieldErrors errors)
    {
        const string path = "spec.matchConstraints";
        if (resources is null)
        {
            errors.Required(path);
            return;
        }

        ValidateResources(resources, path, errors);
        if (resources.ResourceRules is not { Count: > 0 })
        {
            errors.Required($"{path}.resourceRules");
        }
    }

    public static void ValidateParamKind(V1ParamKind? kind, FieldErrors errors)
    {
        const string path = "spec.paramKind";
        if (kind is null)
        {
            return;
        }

        if (string.IsNullOrEmpty(kind.ApiVersion))
        {
            errors.Required($"{path}.apiVersion");
        }
        else
        {
            ValidateApiVersion(kind.ApiVersion, $"{path}.apiVersion", errors);
        }

        if (string.IsNullOrEmpty(kind.Kind))
        {
            errors.Required($"{path}.kind");
        }
        else if (Names.CheckDns1035Label(kind.Kind.ToLowerInvariant()) is { Count: > 0 } problems)
        {
            errors.Invalid(
                $"{path}.kind", kind.Kind, $"may have mixed case, but should otherwise match: {string.Join(",", problems)}");
        }
    }

    /// <summary>Each may name those before it.</summary>
    public static void ValidateVariables(IReadOnlyList<V1Variable> all, AdmissionVariables variables, FieldErrors errors)
    {
        for (var index = 0; index < all.Count; index++)
        {
            var (one, path) = (all[index], $"spec.variables[{index}]");
            if (string.IsNullOrWhiteSpace(one.Name))
            {
                errors.Required($"{path}.name", "name is not specified");
            }
            else if (!Identifier().IsMatch(one.Name) || Reserved.Contains(one.Name))
            {
                errors.Invalid($"{path}.name", one.Name, "must be a valid CEL identifier");
            }

            if (string.IsNullOrWhiteSpace(one.Expression))
            {
                errors.Required($"{path}.expression", "expression is not specified");
            }
            else
            {
                var before = AdmissionVariables.Own(all.Take(index).Select(static known => known.Name ?? ""));
                AdmissionExpressionRules.Check(one.Expression, variables, before, [], $"{path}.expression", errors);
            }
        }
    }

    public static void ValidateBinding(string? policy, V1ParamRef? reference, V1MatchResources? resources, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(policy))
        {
            errors.Required("spec.policyName");
        }
        else
        {
            errors.Invalid("spec.policyName", policy, Names.CheckDnsSubdomain(policy));
        }

        ValidateParamRef(reference, errors);
        if (resources is not null)
        {
            ValidateResources(resources, "spec.matchResources", errors);
        }
    }

    private static void ValidateApiVersion(string text, string path, FieldErrors errors)
    {
        var parts = text.Split('/');
        if (parts.Length > 2)
        {
            errors.Invalid(path, text, $"unexpected GroupVersion string: {text}");
            return;
        }

        var (group, version) = parts.Length == 2 ? (parts[0], parts[1]) : ("", parts[0]);
        if (group.Length > 0 && Names.CheckDnsSubdomain(group) is { Count: > 0 } wrongGroup)
        {
            errors.Invalid(path, group, string.Join(",", wrongGroup));
        }

        if (version.Length == 0)
        {
            errors.Invalid(path, text, "version must be specified");
        }
        else if (Names.CheckDns1035Label(version) is { Count: > 0 } wrongVersion)
        {
            errors.Invalid(path, version, string.Join(",", wrongVersion));
        }
    }

    private static void ValidateResources(V1MatchResources resources, string path, FieldErrors errors)
    {
        errors.OneOf($"{path}.matchPolicy", resources.MatchPolicy, MatchPolicies);
        SelectorRules.Validate(resources.NamespaceSelector, $"{path}.namespaceSelector", errors);
        SelectorRules.Validate(resources.ObjectSelector, $"{path}.objectSelector", errors);
        ValidateRules(resources.ResourceRules, $"{path}.resourceRules", errors);
        ValidateRules(resources.ExcludeResourceRules, $"{path}.excludeResourceRules", errors);
    }

    private static void ValidateRules(IList<V1NamedRuleWithOperations>? rules, string path, FieldErrors errors)
    {
        for (var index = 0; index < (rules?.Count ?? 0); index++)
        {
            OperationRuleRules.Validate(OperationRule.Of(rules![index]), $"{path}[{index}]", errors);
        }
    }

    private static void ValidateParamRef(V1ParamRef? reference, FieldErrors errors)
    {
        const string path = "spec.paramRef";
        if (reference is null)
        {
            return;
        }

        var hasName = !string.IsNullOrEmpty(reference.Name);
        if (hasName)
        {
            errors.Invalid($"{path}.name", reference.Name, Names.CheckPathSegment(reference.Name));
        }

        if (reference.Selector is { } selector)
        {
            SelectorRules.Validate(selector, $"{path}.selector", errors);
            if (hasName)
            {
                errors.Forbidden($"{path}.name", "name and selector are mutually exclusive");
                errors.Forbidden($"{path}.selector", "name and selector are mutually exclusive");
            }
        }
        else if (!hasName)
        {
            errors.Required(path, "one of name or selector must be specified");
        }

        errors.OneOf($"{path}.parameterNotFoundAction", reference.ParameterNotFoundAction, NotFoundActions);
    }

    [GeneratedRegex(@"^[_a-zA-Z][_a-zA-Z0-9]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Identifier();
}
