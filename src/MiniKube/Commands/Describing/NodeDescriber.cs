using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>A node: conditions, what it has, and the pods on it.</summary>
internal sealed class NodeDescriber(FieldWriter writer, ObjectDescriber objects)
{
    public void Describe(JsonObject node, IEnumerable<JsonObject> pods)
    {
        var (spec, status) = (node.Map("spec"), node.Map("status"));
        objects.DescribeHead(node);
        objects.DescribeLabels(node);
        writer.Field("CreationTimestamp", node.Map("metadata").Text("creationTimestamp"));
        writer.Field("Taints", string.Join('\n', spec.Items("taints").Select(TaintOf)));
        writer.Field("Unschedulable", spec.Text("unschedulable") ?? "false");
        objects.DescribeConditions(status, ("Type", "type"), ("Status", "status"), ("LastHeartbeatTime", "lastHeartbeatTime"),
            ("Reason", "reason"), ("Message", "message"));
        writer.Section("Addresses", () => DescribeAddresses(status));
        writer.Section("Capacity", () => DescribeMap(status.Map("capacity")));
        writer.Section("Allocatable", () => DescribeMap(status.Map("allocatable")));
        writer.Section("System Info", () => DescribeMap(status.Map("nodeInfo")));
        writer.Field("PodCIDR", spec.Text("podCIDR"));
        DescribePods([.. pods]);
    }

    private void DescribeAddresses(JsonObject status)
    {
        foreach (var address in status.Items("addresses"))
        {
            writer.Field(address.Text("type") ?? "", address.Text("address"));
        }
    }

    private void DescribeMap(JsonObject map)
    {
        foreach (var (name, value) in map)
        {
            writer.Field(name, value?.ToString());
        }
    }

    private static string TaintOf(JsonObject taint)
    {
        var value = taint.Text("value") is { Length: > 0 } text ? $"={text}" : "";
        return $"{taint.Text("key")}{value}:{taint.Text("effect")}";
    }

    private void DescribePods(IReadOnlyList<JsonObject> pods)
    {
        List<IReadOnlyList<string>> rows = [["Namespace", "Name", "CPU Requests", "Memory Requests"]];
        rows.AddRange(pods.Select(static pod => (string[])
        [
            pod.Map("metadata").Text("namespace") ?? "", pod.Map("metadata").Text("name") ?? "",
            RequestsOf(pod, "cpu"), RequestsOf(pod, "memory"),
        ]));
        writer.Section($"Non-terminated Pods ({pods.Count} in total)", () => writer.Table(rows));
    }

    private static string RequestsOf(JsonObject pod, string resource)
    {
        var asked = pod.Map("spec").Items("containers")
            .Select(one => one.Map("resources").Map("requests").Text(resource))
            .OfType<string>();
        var text = string.Join('+', asked);
        return text.Length == 0 ? "0" : text;
    }
}
