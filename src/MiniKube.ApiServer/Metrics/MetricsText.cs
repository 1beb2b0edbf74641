using System.Globalization;
using System.Text;

namespace MiniKube.ApiServer;

/// <summary>
/// The counters in Prometheus' text form. https://prometheus.io/docs/instrumenting/exposition_formats/
/// </summary>
internal static class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(RequestMetrics requests, long revision, int watches)
    {
        var text = new StringBuilder();
        Requests(text, requests);
        Durations(text, requests);
        Gauge(text, "minikube_store_revision", "Newest revision of the store.", revision);
        Gauge(text, "apiserver_longrunning_requests", "Watches that are open.", watches);
        return text.ToString();
    }

    private static void Requests(StringBuilder text, RequestMetrics requests)
    {
        Head(text, "apiserver_request_total", "counter", "Requests by verb, resource and code.");
        foreach (var ((labels, code), counter) in requests.Counters)
        {
            Line(
                text,
                $"apiserver_request_total{{{Text(labels)},code=\"{code}\"}} {counter.Count}");
        }
    }

    private static void Durations(StringBuilder text, RequestMetrics requests)
    {
        const string Name = "apiserver_request_duration_seconds";
        Head(text, Name, "histogram", "How long requests took; watches count as no time.");
        foreach (var group in requests.Counters.GroupBy(one => one.Key.Labels))
        {
            var labels = Text(group.Key);
            var total = 0L;
            for (var index = 0; index <= RequestMetrics.Bounds.Length; index++)
            {
                var at = index;
                total += group.Sum(one => one.Value.Buckets[at]);
                var bound = index == RequestMetrics.Bounds.Length
                    ? "+Inf"
                    : RequestMetrics.Bounds[index].ToString(CultureInfo.InvariantCulture);
                Line(text, $"{Name}_bucket{{{labels},le=\"{bound}\"}} {total}");
            }

            Line(text, $"{Name}_sum{{{labels}}} {group.Sum(one => one.Value.Seconds)}");
            Line(text, $"{Name}_count{{{labels}}} {total}");
        }
    }

    private static string Text(RequestLabels labels) => $"verb=\"{labels.Verb}\",resource=\"{labels.Resource}\"";

    private static void Gauge(StringBuilder text, string name, string help, long value)
    {
        Head(text, name, "gauge", help);
        Line(text, $"{name} {value}");
    }

    private static void Head(StringBuilder text, string name, string type, string help)
        => text.Append("# HELP ").Append(name).Append(' ').Append(help)
            .Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, FormattableString line)
        => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
