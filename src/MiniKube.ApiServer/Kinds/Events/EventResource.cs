using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class EventResource : ResourceDefinition<Corev1Event>
{
    public EventResource()
        : base(Gvr.Core("v1", "events"), Scope.Namespaced, "Event")
    {
        ShortNames = ["ev"];
        TimeToLive = TimeSpan.FromHours(1); // The default of --event-ttl.
        AddColumns();
        AddFields();
    }

    protected override void Validate(Corev1Event item, FieldErrors errors) => EventRules.Validate(item, errors);

    private void AddColumns()
    {
        Column("Last Seen", (item, now) => ColumnText.Since(EventTimes.Last(item), now));
        Column("Type", item => item.Type ?? "");
        Column("Reason", item => item.Reason ?? "");
        Column("Object", EventTexts.Target);
        Column("Subobject", item => item.InvolvedObject?.FieldPath ?? "", wide: true);
        Column("Source", EventTexts.Source, wide: true);
        Column("Message", item => item.Message?.Trim() ?? "");
        Column("First Seen", (item, now) => ColumnText.Since(EventTimes.First(item), now), wide: true);
        Column("Count", EventTimes.Count, wide: true);
        Column("Name", item => item.Metadata.Name, wide: true);
    }

    private void AddFields()
    {
        Field("involvedObject.kind", item => item.InvolvedObject?.Kind);
        Field("involvedObject.namespace", item => item.InvolvedObject?.NamespaceProperty);
        Field("involvedObject.name", item => item.InvolvedObject?.Name);
        Field("involvedObject.uid", item => item.InvolvedObject?.Uid);
        Field("involvedObject.apiVersion", item => item.InvolvedObject?.ApiVersion);
        Field("involvedObject.resourceVersion", item => item.InvolvedObject?.ResourceVersion);
        Field("involvedObject.fieldPath", item => item.InvolvedObject?.FieldPath);
        Field("reason", item => item.Reason);
        Field("reportingComponent", item => item.ReportingComponent);
        Field("source", item => item.Source?.Component ?? item.ReportingComponent);
        Field("type", item => item.Type);
    }
}
