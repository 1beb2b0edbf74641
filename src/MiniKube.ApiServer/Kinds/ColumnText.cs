using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Texts that columns of several kinds share.</summary>
internal static class ColumnText
{
    /// <summary>The time since a moment, as kubectl shows it.</summary>
    public static string Since(DateTime? moment, DateTimeOffset now) => HumanDuration.Since(moment, now);

    /// <summary>The first few of a list, and how many more there are.</summary>
    public static string FirstThree(IEnumerable<string> items, string whenEmpty)
    {
        const int shownMax = 3;
        var all = items.ToList();
        var shown = string.Join(",", all.Take(shownMax));
        return all.Count switch
        {
            0 => whenEmpty,
            <= shownMax => shown,
            _ => $"{shown} + {all.Count - shownMax} more...",
        };
    }

    /// <summary>Names of a pod template's containers.</summary>
    public static string ContainerNames(V1PodTemplateSpec? template)
        => string.Join(",", template?.Spec?.Containers?.Select(container => container.Name) ?? []);

    /// <summary>Images of a pod template's containers.</summary>
    public static string ContainerImages(V1PodTemplateSpec? template)
        => string.Join(",", template?.Spec?.Containers?.Select(container => container.Image) ?? []);

    /// <summary>A selector in kubectl's notation.</summary>
    public static string Selector(V1LabelSelector? selector) => OrNone(LabelSelector.Of(selector)?.ToString());

    /// <summary>The text, or <c>&lt;none&gt;</c> when there is none.</summary>
    public static string OrNone(string? text) => string.IsNullOrEmpty(text) ? "<none>" : text;
}
