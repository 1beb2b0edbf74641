using System.Collections.Frozen;
using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// The events of <c>events.k8s.io</c>: the same objects as those of the core group, under other names of fields. Who writes them here
/// must say more, and may change the series only.
/// </summary>
internal sealed class EventsGroupEventResource() : KindVersion<Eventsv1Event, Corev1Event>(
    new Gvr("events.k8s.io", "v1", "events"), new EventResource())
{
    // https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
    private static readonly FrozenDictionary<string, string> StoredFields = new Dictionary<string, string>
    {
        ["reason"] = "reason",
        ["regarding.kind"] = "involvedObject.kind",
        ["regarding.namespace"] = "involvedObject.namespace",
        ["regarding.name"] = "involvedObject.name",
        ["regarding.uid"] = "involvedObject.uid",
        ["regarding.apiVersion"] = "involvedObject.apiVersion",
        ["regarding.resourceVersion"] = "involvedObject.resourceVersion",
        ["regarding.fieldPath"] = "involvedObject.fieldPath",
        ["reportingController"] = "reportingComponent",
        ["type"] = "type",
    }.ToFrozenDictionary();

    public override ImmutableArray<string> SelectableFields { get; } = [.. StoredFields.Keys.Order(StringComparer.Ordinal)];

    public override string FieldValue(IKubernetesObject<V1ObjectMeta> item, string field) => base.FieldValue(item, StoredFields[field]);

    public override void Validate(IKubernetesObject<V1ObjectMeta> item, FieldErrors errors)
        => EventRules.Validate((Corev1Event)item, errors, "reportingController");

    public override void ValidateCreate(IKubernetesObject<V1ObjectMeta> item, FieldErrors errors)
    {
        base.ValidateCreate(item, errors);
        EventRules.ValidateNew((Corev1Event)item, errors);
    }

    public override void ValidateUpdate(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors)
    {
        base.ValidateUpdate(item, old, errors);
        EventRules.ValidateChange((Corev1Event)item, (Corev1Event)old, errors);
    }

    protected override Corev1Event ToStored(Eventsv1Event model) => new()
    {
        ApiVersion = model.ApiVersion,
        Kind = model.Kind,
        Metadata = model.Metadata,
        Action = model.Action,
        Count = model.DeprecatedCount,
        EventTime = model.EventTime,
        FirstTimestamp = model.DeprecatedFirstTimestamp,
        InvolvedObject = model.Regarding ?? new V1ObjectReference(),
        LastTimestamp = model.DeprecatedLastTimestamp,
        Message = model.Note,
        Reason = model.Reason,
        Related = model.Related,
        ReportingComponent = model.ReportingController,
        ReportingInstance = model.ReportingInstance,
        Series = model.Series is { } series
            ? new Corev1EventSeries { Count = series.Count, LastObservedTime = series.LastObservedTime }
            : null,
        Source = model.DeprecatedSource,
        Type = model.Type,
    };

    protected override Eventsv1Event ToModel(Corev1Event stored) => new()
    {
        Metadata = stored.Metadata,
        Action = stored.Action,
        DeprecatedCount = stored.Count,
        DeprecatedFirstTimestamp = stored.FirstTimestamp,
        DeprecatedLastTimestamp = stored.LastTimestamp,
        DeprecatedSource = stored.Source,
        EventTime = stored.EventTime,
        Note = stored.Message,
        Reason = stored.Reason,
        Regarding = stored.InvolvedObject,
        Related = stored.Related,
        ReportingController = stored.ReportingComponent,
        ReportingInstance = stored.ReportingInstance,
        Series = stored.Series is { } series
            ? new Eventsv1EventSeries { Count = series.Count ?? 0, LastObservedTime = series.LastObservedTime ?? default }
            : null,
        Type = stored.Type,
    };
}
