using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>PriorityClasses. https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/</summary>
internal static class PriorityClassRules
{
    /// <summary>The highest value a class of a user may have.</summary>
    public const int UserValueMax = 1_000_000_000;

    private const string SystemPrefix = "system-";

    /// <summary>The classes every cluster has, and their values.</summary>
    public static IReadOnlyDictionary<string, int> SystemClasses { get; } = new Dictionary<string, int>
    {
        ["system-cluster-critical"] = 2 * UserValueMax,
        ["system-node-critical"] = (2 * UserValueMax) + 1000,
    };

    public static void Validate(V1PriorityClass item, FieldErrors errors)
    {
        var name = item.Metadata.Name ?? "";
        if (name.StartsWith(SystemPrefix, StringComparison.Ordinal))
        {
            if (SystemProblem(name, item) is { } problem)
            {
                errors.Forbidden(
                    "metadata.name",
                    $"priority class names with '{SystemPrefix}' prefix are reserved for system use only. error: {problem}");
            }
        }
        else if (item.Value > UserValueMax)
        {
            errors.Forbidden("value", string.Create(
                CultureInfo.InvariantCulture, $"maximum allowed value of a user defined priority is {UserValueMax}"));
        }

        errors.OneOf("preemptionPolicy", item.PreemptionPolicy, "Never", "PreemptLowerPriority");
    }

    private static string? SystemProblem(string name, V1PriorityClass item)
    {
        if (!SystemClasses.TryGetValue(name, out var value))
        {
            return $"{name} is not a known system priority class";
        }

        if (item.Value != value)
        {
            return string.Create(CultureInfo.InvariantCulture, $"value of {name} PriorityClass must be {value}");
        }

        return item.GlobalDefault == true ? $"globalDefault of {name} PriorityClass must be false" : null;
    }
}
