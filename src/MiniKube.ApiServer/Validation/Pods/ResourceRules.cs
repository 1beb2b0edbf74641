using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Requests and limits.</summary>
internal static class ResourceRules
{
    private static readonly string[] Standard = ["cpu", "memory", "ephemeral-storage"];

    public static void Validate(V1ResourceRequirements? resources, string path, FieldErrors errors)
    {
        var limits = resources?.Limits ?? new Dictionary<string, ResourceQuantity>();
        var requests = resources?.Requests ?? new Dictionary<string, ResourceQuantity>();
        foreach (var (name, limit) in limits)
        {
            ValidateAmount(name, limit, $"{path}.limits", errors);
        }

        foreach (var (name, request) in requests)
        {
            ValidateAmount(name, request, $"{path}.requests", errors);
            ValidateAgainstLimit(name, Quantity.Of(request), limits, path, errors);
        }
    }

    /// <summary>One named amount: a resource a container can have, not below zero.</summary>
    public static void ValidateAmount(string name, ResourceQuantity amount, string path, FieldErrors errors)
    {
        var problems = Names.CheckQualifiedName(name);
        errors.Invalid($"{path}[{name}]", name, problems);
        if (problems.Count == 0 && !name.Contains('/', StringComparison.Ordinal) && !IsStandard(name))
        {
            errors.Invalid($"{path}[{name}]", name, "must be a standard resource type or fully qualified");
        }

        var quantity = Quantity.Of(amount);
        if (quantity.Sign < 0)
        {
            errors.Invalid($"{path}[{name}]", quantity.ToString(), "must be greater than or equal to 0");
        }

        if (!Standard.Contains(name) && !quantity.IsInteger)
        {
            errors.Invalid($"{path}[{name}]", quantity.ToString(), "must be an integer");
        }
    }

    private static void ValidateAgainstLimit(
        string name, Quantity request, IDictionary<string, ResourceQuantity> limits, string path, FieldErrors errors)
    {
        var overcommits = Standard.Contains(name);
        if (!limits.TryGetValue(name, out var found))
        {
            if (!overcommits)
            {
                errors.Required($"{path}.limits", "Limit must be set for non overcommitable resources");
            }

            return;
        }

        var limit = Quantity.Of(found);
        if (!overcommits && request != limit)
        {
            errors.Invalid($"{path}.requests", request.ToString(), $"must be equal to {name} limit of {limit}");
        }
        else if (request > limit)
        {
            errors.Invalid($"{path}.requests", request.ToString(), $"must be less than or equal to {name} limit of {limit}");
        }
    }

    private static bool IsStandard(string name)
        => Standard.Contains(name) || name.StartsWith("hugepages-", StringComparison.Ordinal);
}
