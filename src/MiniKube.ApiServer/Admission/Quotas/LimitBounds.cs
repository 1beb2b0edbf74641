using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>One limit of a LimitRange against what somebody asks for. Problems have kube-apiserver's words. Pure.</summary>
internal sealed class LimitBounds(
    V1LimitRangeItem bounds, IReadOnlyDictionary<string, Quantity> requests, IReadOnlyDictionary<string, Quantity> limits)
{
    /// <summary>For what runs: minima of requests, maxima of limits, and the ratio between them.</summary>
    public IEnumerable<string> Problems()
        => Minima()
            .Concat(Sorted(bounds.Max).Select(one => Maximum(one.Name, one.Amount, limits, "limit")))
            .Concat(Sorted(bounds.MaxLimitRequestRatio).Select(one => Ratio(one.Name, one.Amount)))
            .OfType<string>();

    /// <summary>For what is only asked for, such as storage.</summary>
    public IEnumerable<string> ProblemsOfRequests()
        => Minima().Concat(Sorted(bounds.Max).Select(one => Maximum(one.Name, one.Amount, requests, "request"))).OfType<string>();

    private IEnumerable<string?> Minima() => Sorted(bounds.Min).Select(one => Minimum(one.Name, one.Amount));

    private string? Minimum(string name, Quantity least)
    {
        var text = $"minimum {name} usage per {bounds.Type} is {least}";
        return !requests.TryGetValue(name, out var request)
            ? $"{text}.  No request is specified"
            : request.CompareTo(least) < 0 ? $"{text}, but request is {request}" : null;
    }

    private string? Maximum(string name, Quantity most, IReadOnlyDictionary<string, Quantity> asked, string what)
    {
        var text = $"maximum {name} usage per {bounds.Type} is {most}";
        return !asked.TryGetValue(name, out var amount)
            ? $"{text}.  No {what} is specified"
            : amount.CompareTo(most) > 0 ? $"{text}, but {what} is {amount}" : null;
    }

    private string? Ratio(string name, Quantity most)
    {
        var text = $"{name} max limit to request ratio per {bounds.Type} is {most}";
        if (!requests.TryGetValue(name, out var request) || request.Sign <= 0)
        {
            return $"{text}, but no request is specified or request is 0";
        }

        if (!limits.TryGetValue(name, out var limit) || limit.Sign <= 0)
        {
            return $"{text}, but no limit is specified or limit is 0";
        }

        var ratio = (double)limit.MilliValue / request.MilliValue;
        return ratio > most.MilliValue / 1_000.0
            ? $"{text}, but provided ratio is {ratio.ToString("0.000000", CultureInfo.InvariantCulture)}"
            : null;
    }

    private static IEnumerable<(string Name, Quantity Amount)> Sorted(IDictionary<string, ResourceQuantity>? amounts)
        => (amounts ?? new Dictionary<string, ResourceQuantity>())
            .OrderBy(static one => one.Key, StringComparer.Ordinal)
            .Select(static one => (one.Key, Quantity.Of(one.Value)));
}
