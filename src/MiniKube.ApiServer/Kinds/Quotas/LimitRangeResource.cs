using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class LimitRangeResource : ResourceDefinition<V1LimitRange>
{
    public LimitRangeResource()
        : base(Gvr.Core("v1", "limitranges"), Scope.Namespaced, "LimitRange")
    {
        ShortNames = ["limits"];
        Column("Created At", range => range.Metadata.CreationTimestamp?.ToUniversalTime()
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    protected override void ApplyDefaults(V1LimitRange range)
    {
        foreach (var item in range.Spec?.Limits ?? [])
        {
            if (item.Type == "Container")
            {
                Fill(item);
            }
        }
    }

    protected override void Validate(V1LimitRange range, FieldErrors errors) => LimitRangeRules.Validate(range.Spec, errors);

    // Most generous first: what has a maximum has a default limit, and what has a limit or a minimum has a default request.
    private static void Fill(V1LimitRangeItem item)
    {
        item.DefaultProperty = Merge(item.DefaultProperty, item.Max);
        item.DefaultRequest = Merge(Merge(item.DefaultRequest, item.DefaultProperty), item.Min);
    }

    private static IDictionary<string, ResourceQuantity>? Merge(
        IDictionary<string, ResourceQuantity>? first, IDictionary<string, ResourceQuantity>? second)
    {
        if (second is not { Count: > 0 })
        {
            return first;
        }

        var merged = new Dictionary<string, ResourceQuantity>(first ?? new Dictionary<string, ResourceQuantity>());
        foreach (var (name, amount) in second)
        {
            merged.TryAdd(name, amount);
        }

        return merged;
    }
}
