using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>How measured amounts are written, as metrics-server writes them: processor in billionths, memory in Ki.</summary>
internal static class UsageTexts
{
    private const long KibiBytes = 1024;

    public static Dictionary<string, ResourceQuantity> Usage(Rate rate) => new()
    {
        ["cpu"] = new ResourceQuantity(string.Create(CultureInfo.InvariantCulture, $"{(long)(rate.Cores * 1e9)}n")),
        ["memory"] = new ResourceQuantity(string.Create(CultureInfo.InvariantCulture, $"{rate.MemoryBytes / KibiBytes}Ki")),
    };

    public static V1ObjectMeta Metadata(V1ObjectMeta of, DateTimeOffset measured) => new()
    {
        CreationTimestamp = measured.UtcDateTime,
        Labels = of.Labels,
        Name = of.Name,
        NamespaceProperty = of.NamespaceProperty,
    };

    /// <summary>As Go writes durations of seconds and minutes.</summary>
    public static string Window(TimeSpan window)
    {
        var seconds = string.Create(
            CultureInfo.InvariantCulture, $"{(window - TimeSpan.FromMinutes(Math.Floor(window.TotalMinutes))).TotalSeconds:0.###}s");
        return window.TotalMinutes < 1
            ? seconds
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(window.TotalMinutes)}m{seconds}");
    }

    public static string Of(IDictionary<string, ResourceQuantity>? usage, string name)
        => usage?.TryGetValue(name, out var amount) == true ? amount.ToString() : "";

    public static string Sum(IEnumerable<ContainerMetrics>? containers, string name)
        => (containers ?? []).Where(one => one.Usage?.ContainsKey(name) == true)
            .Select(one => Quantity.Of(one.Usage[name]))
            .Aggregate(Quantity.Zero, static (sum, one) => sum + one)
            .ToString();
}
