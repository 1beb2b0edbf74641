using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The rules of rules: which requests webhooks and policies are about. Pure.</summary>
internal static class OperationRuleRules
{
    private const string All = "*";

    private static readonly string[] Operations = [All, "CONNECT", "CREATE", "DELETE", "UPDATE"];
    private static readonly string[] Scopes = [All, "Cluster", "Namespaced"];

    public static void Validate(OperationRule rule, string path, FieldErrors errors)
    {
        ValidateNames(rule.Names, $"{path}.resourceNames", errors);
        ValidateList(rule.Operations, $"{path}.operations", "operations", errors);
        for (var index = 0; index < rule.Operations.Count; index++)
        {
            if (!Operations.Contains(rule.Operations[index]))
            {
                errors.NotSupported($"{path}.operations[{index}]", rule.Operations[index], Operations);
            }
        }

        ValidateList(rule.Groups, $"{path}.apiGroups", "API groups", errors);
        ValidateList(rule.Versions, $"{path}.apiVersions", "API versions", errors);
        for (var index = 0; index < rule.Versions.Count; index++)
        {
            errors.Required($"{path}.apiVersions[{index}]", rule.Versions[index], "");
        }

        ValidateResources(rule.Resources, $"{path}.resources", errors);
        if (rule.Scope is { } scope && !Scopes.Contains(scope))
        {
            errors.NotSupported($"{path}.scope", scope, Scopes);
        }
    }

    private static void ValidateNames(IReadOnlyList<string> names, string path, FieldErrors errors)
    {
        var known = new HashSet<string>();
        for (var index = 0; index < names.Count; index++)
        {
            errors.Invalid($"{path}[{index}]", names[index], Names.CheckPathSegment(names[index]));
            if (!known.Add(names[index]))
            {
                errors.Duplicate($"{path}[{index}]", names[index]);
            }
        }
    }

    private static void ValidateList(IReadOnlyList<string> words, string path, string what, FieldErrors errors)
    {
        if (words.Count == 0)
        {
            errors.Required(path);
        }
        else if (words.Count > 1 && words.Contains(All))
        {
            errors.Invalid(path, words, $"if '*' is present, must not specify other {what}");
        }
    }

    private static void ValidateResources(IReadOnlyList<string> resources, string path, FieldErrors errors)
    {
        if (resources.Count == 0)
        {
            errors.Required(path);
        }

        var allSubresourcesOf = new HashSet<string>();
        var ofAllResources = new HashSet<string>();
        for (var index = 0; index < resources.Count; index++)
        {
            ValidateResource(resources[index], $"{path}[{index}]", allSubresourcesOf, ofAllResources, errors);
        }

        if (resources.Count > 1 && resources.Contains("*/*"))
        {
            errors.Invalid(path, resources, "if '*/*' is present, must not specify other resources");
        }

        if (resources.Contains(All)
            && resources.Any(static one => one != All && one.Length > 0 && !one.Contains('/', StringComparison.Ordinal)))
        {
            errors.Invalid(path, resources, "if '*' is present, must not specify other resources without subresources");
        }
    }

    private static void ValidateResource(
        string text, string path, HashSet<string> allSubresourcesOf, HashSet<string> ofAllResources, FieldErrors errors)
    {
        if (text.Length == 0)
        {
            errors.Required(path);
            return;
        }

        if (text.Split('/', 2) is not [var resource, var subresource])
        {
            return;
        }

        if (allSubresourcesOf.Contains(resource))
        {
            errors.Invalid(path, text, $"if '{resource}/*' is present, must not specify {text}");
        }

        if (ofAllResources.Contains(subresource))
        {
            errors.Invalid(path, text, $"if '*/{subresource}' is present, must not specify {text}");
        }

        if (subresource == All)
        {
            allSubresourcesOf.Add(resource);
        }

        if (resource == All)
        {
            ofAllResources.Add(subresource);
        }
    }
}
