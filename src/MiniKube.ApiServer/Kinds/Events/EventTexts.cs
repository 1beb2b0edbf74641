using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>How <c>kubectl get events</c> words an event.</summary>
internal static class EventTexts
{
    /// <summary><c>pod/web</c>.</summary>
    public static string Target(Corev1Event item)
    {
        var kind = item.InvolvedObject?.Kind?.ToLowerInvariant() ?? "";
        var name = item.InvolvedObject?.Name;
        return string.IsNullOrEmpty(name) ? kind : $"{kind}/{name}";
    }

    /// <summary><c>kubelet, node-1</c>.</summary>
    public static string Source(Corev1Event item)
    {
        var component = FirstGiven(item.Source?.Component, item.ReportingComponent);
        var host = FirstGiven(item.Source?.Host, item.ReportingInstance);
        return host.Length == 0 ? component : $"{component}, {host}";
    }

    private static string FirstGiven(string? one, string? other) => string.IsNullOrEmpty(one) ? other ?? "" : one;
}

/// <summary>When and how often an event happened: the old fields, or those of the events.k8s.io form.</summary>
internal static class EventTimes
{
    public static DateTime? First(Corev1Event item) => item.FirstTimestamp ?? item.EventTime;

    public static DateTime? Last(Corev1Event item)
        => item.Series is { } series ? series.LastObservedTime : item.LastTimestamp ?? First(item);

    public static object Count(Corev1Event item)
        => item.Series is { } series ? series.Count ?? 0 : item.Count is null or 0 ? 1 : item.Count.Value;
}
