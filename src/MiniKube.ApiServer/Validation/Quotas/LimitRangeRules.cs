using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>LimitRanges. https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/limit-range-v1/</summary>
internal static class LimitRangeRules
{
    public static void Validate(V1LimitRangeSpec? spec, FieldErrors errors)
    {
        var types = new HashSet<string>();
        var limits = spec?.Limits ?? [];
        for (var index = 0; index < limits.Count; index++)
        {
            var (item, path) = (limits[index], $"spec.limits[{index}]");
            ValidateType(item.Type ?? "", $"{path}.type", errors);
            if (!types.Add(item.Type ?? ""))
            {
                errors.Duplicate($"{path}.type", item.Type);
            }

            ValidateItem(item, path, errors);
        }
    }

    private static void ValidateType(string type, string path, FieldErrors errors)
    {
        errors.Invalid(path, type, Names.CheckQualifiedName(type));
        if (!type.Contains('/', StringComparison.Ordinal) && type is not ("Container" or "PersistentVolumeClaim" or "Pod"))
        {
            errors.Invalid(path, type, "must be a standard limit type or fully qualified");
        }
    }

    private static void ValidateItem(V1LimitRangeItem item, string path, FieldErrors errors)
    {
        if (item.Type == "Pod")
        {
            Forbid(item.DefaultProperty, $"{path}.default", errors);
            Forbid(item.DefaultRequest, $"{path}.defaultRequest", errors);
        }

        if (item.Type == "PersistentVolumeClaim" && !Has(item.Min) && !Has(item.Max))
        {
            errors.Required($"{path}.limits", "either minimum or maximum storage value is required, but neither was provided");
        }

        foreach (var name in Keys(item).Distinct().Order(StringComparer.Ordinal))
        {
            ValidateResource(item, name, path, errors);
        }
    }

    private static void ValidateResource(V1LimitRangeItem item, string name, string path, FieldErrors errors)
    {
        var (min, max) = (Amount(item.Min, name), Amount(item.Max, name));
        var (request, limit) = (Amount(item.DefaultRequest, name), Amount(item.DefaultProperty, name));
        var ratio = Amount(item.MaxLimitRequestRatio, name);
        NotAbove(min, max, $"{path}.min[{name}]", "min", "max", errors);
        NotAbove(min, request, $"{path}.defaultRequest[{name}]", "min", "default request", errors);
        NotAbove(request, max, $"{path}.defaultRequest[{name}]", "default request", "max", errors);
        NotAbove(request, limit, $"{path}.defaultRequest[{name}]", "default request", "default limit", errors);
        NotAbove(min, limit, $"{path}.default[{name}]", "min", "default", errors);
        NotAbove(limit, max, $"{path}.default[{name}]", "default", "max", errors);
        if (ratio is { } most && most < Quantity.Of(1))
        {
            errors.Invalid($"{path}.maxLimitRequestRatio[{name}]", most.ToString(), $"ratio {most} is less than 1");
        }
    }

    private static void NotAbove(Quantity? low, Quantity? high, string path, string lowName, string highName, FieldErrors errors)
    {
        if (low is { } small && high is { } large && small > large)
        {
            errors.Invalid(path, small.ToString(), $"{lowName} value {small} is greater than {highName} value {large}");
        }
    }

    private static void Forbid(IDictionary<string, ResourceQuantity>? amounts, string path, FieldErrors errors)
    {
        if (Has(amounts))
        {
            errors.Forbidden(path, "may not be specified when `type` is 'Pod'");
        }
    }

    private static bool Has(IDictionary<string, ResourceQuantity>? amounts) => amounts is { Count: > 0 };

    private static IEnumerable<string> Keys(V1LimitRangeItem item)
        => new[] { item.Min, item.Max, item.DefaultProperty, item.DefaultRequest, item.MaxLimitRequestRatio }
            .SelectMany(amounts => amounts?.Keys ?? []);

    private static Quantity? Amount(IDictionary<string, ResourceQuantity>? amounts, string name)
        => amounts?.TryGetValue(name, out var amount) == true ? Quantity.Of(amount) : null;
}
