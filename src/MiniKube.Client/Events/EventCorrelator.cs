using System.Globalization;
using k8s.Models;

namespace MiniKube.Client;

/// <summary>
/// Turns reports into events, as client-go's correlator: the same report again counts up the event there is; more than
/// ten reports that differ only in their message within ten minutes become one "combined" event; an object that is
/// reported about more than 25 times in a row gets one event each five minutes. Not thread-safe; no I/O.
/// </summary>
internal sealed class EventCorrelator(TimeProvider time)
{
    // client-go's defaults (tools/record/events_cache.go); the caches hold as many entries as there.
    private const int EntriesMax = 4_096;
    private const int SimilarMax = 10;
    private const int BurstMax = 25;
    private static readonly TimeSpan SimilarWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RefillEvery = TimeSpan.FromMinutes(5);

    private readonly RecentCache<Similar> _similar = new(EntriesMax);
    private readonly RecentCache<Budget> _budgets = new(EntriesMax);
    private readonly RecentCache<Corev1Event> _written = new(EntriesMax);
    private long _serial;

    /// <summary>The event to write for a report, or null when the object's budget is used up.</summary>
    public CorrelatedEvent? Correlate(EventReport report)
    {
        var now = time.GetUtcNow();
        if (!TakeFromBudget(report.SubjectKey, now))
        {
            return null;
        }

        var combined = IsOneOfMany(report, now);
        var message = combined ? $"(combined from similar events): {report.Message}" : report.Message;
        var key = combined ? report.SimilarKey : report.SameKey;
        return _written.TryGet(key, out var known)
            ? new CorrelatedEvent(key, CountUp(known, message, now), IsNew: false)
            : new CorrelatedEvent(key, Make(report, message, now), IsNew: true);
    }

    /// <summary>Remembers what was written, so that the next of its like counts it up.</summary>
    public void Remember(string key, Corev1Event written) => _written.Set(key, written);

    /// <summary>The same event as one that does not exist yet: for an update that found nothing to update.</summary>
    public Corev1Event AsNew(Corev1Event item)
    {
        var copy = CopyOf(item);
        copy.Metadata = NewMetadata(item.InvolvedObject, time.GetUtcNow());
        return copy;
    }

    private bool TakeFromBudget(string subject, DateTimeOffset now)
    {
        var budget = _budgets.TryGet(subject, out var known) ? known : new Budget(BurstMax, now);
        var refilled = Math.Min(BurstMax, budget.Left + ((now - budget.At) / RefillEvery));
        var allowed = refilled >= 1;
        _budgets.Set(subject, new Budget(allowed ? refilled - 1 : refilled, now));
        return allowed;
    }

    private bool IsOneOfMany(EventReport report, DateTimeOffset now)
    {
        if (!_similar.TryGet(report.SimilarKey, out var similar) || now - similar.Last > SimilarWindow)
        {
            similar = new Similar([]);
        }

        similar.Last = now;
        similar.Messages.Add(report.Message);
        _similar.Set(report.SimilarKey, similar);
        if (similar.Messages.Count < SimilarMax)
        {
            return false;
        }

        similar.Messages.Remove(similar.Messages.First());
        return true;
    }

    private static Corev1Event CountUp(Corev1Event known, string message, DateTimeOffset now)
    {
        var next = CopyOf(known);
        next.Message = message;
        next.Count = (known.Count ?? 1) + 1;
        next.LastTimestamp = now.UtcDateTime;
        return next;
    }

    private Corev1Event Make(EventReport report, string message, DateTimeOffset now) => new()
    {
        ApiVersion = "v1",
        Kind = "Event",
        Metadata = NewMetadata(report.About, now),
        InvolvedObject = report.About,
        Type = report.Type,
        Reason = report.Reason,
        Message = message,
        Count = 1,
        FirstTimestamp = now.UtcDateTime,
        LastTimestamp = now.UtcDateTime,
        Source = new V1EventSource { Component = report.Source.Component, Host = NullIfEmpty(report.Source.Host) },
        ReportingComponent = report.Source.Component,
        ReportingInstance = report.Source.Host,
    };

    // Events about cluster-scoped objects live in "default". The name is unique in the process and, by the time, beyond
    // it.
    private V1ObjectMeta NewMetadata(V1ObjectReference about, DateTimeOffset now) => new()
    {
        NamespaceProperty = NullIfEmpty(about.NamespaceProperty) ?? "default",
        Name = string.Create(
            CultureInfo.InvariantCulture, $"{about.Name}.{((now - DateTimeOffset.UnixEpoch).Ticks * 100) + (_serial++ % 100):x16}"),
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static Corev1Event CopyOf(Corev1Event item) => Api.ObjectJson.Copy(item);

    private sealed record Similar(HashSet<string> Messages)
    {
        public DateTimeOffset Last { get; set; }
    }

    private readonly record struct Budget(double Left, DateTimeOffset At);
}

/// <summary>What is to be written, and under which key it is remembered.</summary>
internal sealed record CorrelatedEvent(string Key, Corev1Event Item, bool IsNew);
