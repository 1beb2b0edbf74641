using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>Deployments, ReplicaSets and Services.</summary>
internal sealed class WorkloadDescriber(FieldWriter writer, ObjectDescriber objects, PodDescriber pods)
{
    public void DescribeDeployment(JsonObject deployment)
    {
        var (spec, status) = (deployment.Map("spec"), deployment.Map("status"));
        objects.DescribeHead(deployment);
        writer.Field("CreationTimestamp", deployment.Map("metadata").Text("creationTimestamp"));
        objects.DescribeLabels(deployment);
        writer.Field("Selector", SelectorOf(spec));
        writer.Field("Replicas", $"{spec.Text("replicas") ?? "1"} desired | "
            + $"{Count(status, "updatedReplicas")} updated | {Count(status, "replicas")} total | "
            + $"{Count(status, "availableReplicas")} available | {Count(status, "unavailableReplicas")} unavailable");
        writer.Field("StrategyType", spec.Map("strategy").Text("type"));
        writer.Field("MinReadySeconds", spec.Text("minReadySeconds") ?? "0");
        if (spec.Map("strategy").Map("rollingUpdate") is { Count: > 0 } rolling)
        {
            var limits = $"{rolling.Text("maxUnavailable")} max unavailable, {rolling.Text("maxSurge")} max surge";
            writer.Field("RollingUpdateStrategy", limits);
        }

        DescribeTemplate(spec);
        objects.DescribeConditions(status, ("Type", "type"), ("Status", "status"), ("Reason", "reason"));
    }

    public void DescribeReplicaSet(JsonObject set)
    {
        var (spec, status) = (set.Map("spec"), set.Map("status"));
        objects.DescribeHead(set);
        writer.Field("Selector", SelectorOf(spec));
        objects.DescribeLabels(set);
        if (set.Map("metadata").Items("ownerReferences").FirstOrDefault() is { } owner)
        {
            writer.Field("Controlled By", $"{owner.Text("kind")}/{owner.Text("name")}");
        }

        writer.Field("Replicas", $"{Count(status, "replicas")} current / {spec.Text("replicas") ?? "1"} desired");
        DescribeTemplate(spec);
    }

    public void DescribeService(JsonObject service, IEnumerable<JsonObject> slices)
    {
        var spec = service.Map("spec");
        objects.DescribeHead(service);
        objects.DescribeLabels(service);
        writer.Field("Selector", ObjectDescriber.Lines(spec.Map("selector"), "=").Replace('\n', ','));
        writer.Field("Type", spec.Text("type"));
        writer.Field("IP", spec.Text("clusterIP"));
        JsonObject[] all = [.. slices];
        foreach (var port in spec.Items("ports"))
        {
            var name = port.Text("name") ?? "<unset>";
            writer.Field("Port", $"{name}  {port.Text("port")}/{port.Text("protocol")}");
            writer.Field("TargetPort", $"{port.Text("targetPort")}/{port.Text("protocol")}");
            if (port.Text("nodePort") is { } nodePort)
            {
                writer.Field("NodePort", $"{name}  {nodePort}/{port.Text("protocol")}");
            }

            writer.Field("Endpoints", EndpointsOf(all, port.Text("name") ?? ""));
        }

        writer.Field("Session Affinity", spec.Text("sessionAffinity"));
    }

    private void DescribeTemplate(JsonObject spec) => writer.Section("Pod Template", () =>
    {
        var template = spec.Map("template");
        writer.Field("Labels", ObjectDescriber.Lines(template.Map("metadata").Map("labels"), "="));
        pods.DescribeContainers("Containers", template.Map("spec").Items("containers"), []);
    });

    private static string EndpointsOf(IEnumerable<JsonObject> slices, string portName)
        => string.Join(',', from slice in slices
                            from port in slice.Items("ports")
                            where (port.Text("name") ?? "") == portName
                            from endpoint in slice.Items("endpoints")
                            where endpoint.Map("conditions").Text("ready") != "false"
                            select $"{endpoint.Joined("addresses")}:{port.Text("port")}");

    private static string SelectorOf(JsonObject spec)
        => ObjectDescriber.Lines(spec.Map("selector").Map("matchLabels"), "=").Replace('\n', ',');

    private static string Count(JsonObject status, string name) => status.Text(name) ?? "0";
}
