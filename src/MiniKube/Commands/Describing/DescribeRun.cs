using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>
/// One run of <c>describe</c>: fetches the objects and what belongs to them, and writes each in its kind's form.
/// </summary>
internal sealed class DescribeRun(ApiConnection api, ResourceKinds kinds)
{
    public async Task<IReadOnlyList<string>> RunAsync(
        IReadOnlyList<string> words, string? labels, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        foreach (var selection in ResourceArguments.Parse(words, kinds))
        {
            foreach (var item in await FetchAsync(selection, labels, cancellationToken))
            {
                texts.Add(await DescribeAsync(selection.Kind, item, cancellationToken));
            }
        }

        return texts;
    }

    private async Task<IReadOnlyList<JsonObject>> FetchAsync(
        ResourceSelection selection, string? labels, CancellationToken cancellationToken)
    {
        if (!selection.IsByName)
        {
            var path = selection.Kind.PathOf(api.Namespace) + QueryText.Of(("labelSelector", labels));
            return [.. (await api.GetAsync(path, cancellationToken)).Items("items")];
        }

        var found = new List<JsonObject>();
        foreach (var name in selection.Names)
        {
            found.Add(await api.GetAsync(selection.Kind.PathOf(api.Namespace, name), cancellationToken));
        }

        return found;
    }

    private async Task<string> DescribeAsync(ResourceKind kind, JsonObject item, CancellationToken cancellationToken)
    {
        var writer = new FieldWriter();
        var objects = new ObjectDescriber(writer);
        var pods = new PodDescriber(writer, objects);
        var workloads = new WorkloadDescriber(writer, objects, pods);
        var name = item.Map("metadata").Text("name") ?? "";
        switch (kind.Kind)
        {
            case "Pod":
                pods.Describe(item);
                break;
            case "Node":
                var onNode = QueryText.Of(("fieldSelector", $"spec.nodeName={name}"));
                var running = await api.GetAsync(kinds.Find("pods").PathOf(null) + onNode, cancellationToken);
                new NodeDescriber(writer, objects).Describe(item, running.Items("items"));
                break;
            case "Deployment":
                workloads.DescribeDeployment(item);
                break;
            case "ReplicaSet":
                workloads.DescribeReplicaSet(item);
                break;
            case "Service":
                var ofService = QueryText.Of(("labelSelector", $"kubernetes.io/service-name={name}"));
                var slices = await api.GetAsync(kinds.Find("endpointslices").PathOf(api.Namespace) + ofService, cancellationToken);
                workloads.DescribeService(item, slices.Items("items"));
                break;
            default:
                objects.DescribeAll(item);
                break;
        }

        await DescribeEventsAsync(writer, item, cancellationToken);
        return writer.ToString();
    }

    private async Task DescribeEventsAsync(FieldWriter writer, JsonObject item, CancellationToken cancellationToken)
    {
        var metadata = item.Map("metadata");
        var about = QueryText.Of(("fieldSelector", $"involvedObject.uid={metadata.Text("uid")}"));
        var path = kinds.Find("events").PathOf(metadata.Text("namespace") ?? "default");
        JsonObject[] events = [.. (await api.GetAsync(path + about, cancellationToken)).Items("items")];
        if (events.Length == 0)
        {
            writer.Field("Events", null);
            return;
        }

        List<IReadOnlyList<string>> rows =
        [
            ["Type", "Reason", "Count", "Last Seen", "From", "Message"],
            ["----", "------", "-----", "---------", "----", "-------"],
        ];
        rows.AddRange(events.OrderBy(LastSeen, StringComparer.Ordinal).Select(static one => (string[])
        [
            one.Text("type") ?? "", one.Text("reason") ?? "", one.Text("count") ?? "1", LastSeen(one),
            one.Map("source").Text("component") ?? one.Text("reportingComponent") ?? "", (one.Text("message") ?? "").Trim(),
        ]));
        writer.Section("Events", () => writer.Table(rows));
    }

    private static string LastSeen(JsonObject one)
        => one.Text("lastTimestamp") ?? one.Text("eventTime") ?? one.Map("metadata").Text("creationTimestamp") ?? "";
}
