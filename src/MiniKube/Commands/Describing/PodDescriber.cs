using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>A pod: where it runs, its containers with their states, its volumes.</summary>
internal sealed class PodDescriber(FieldWriter writer, ObjectDescriber objects)
{
    public void Describe(JsonObject pod)
    {
        var (spec, status) = (pod.Map("spec"), pod.Map("status"));
        objects.DescribeHead(pod);
        writer.Field("Priority", spec.Text("priority") ?? "0");
        writer.Field("Service Account", spec.Text("serviceAccountName"));
        writer.Field("Node", spec.Text("nodeName") is { } node ? $"{node}/{status.Text("hostIP")}" : null);
        writer.Field("Start Time", status.Text("startTime"));
        objects.DescribeLabels(pod);
        writer.Field("Status", StatusOf(pod));
        if (status.Text("reason") is { } reason)
        {
            writer.Field("Reason", reason);
            writer.Field("Message", status.Text("message"));
        }

        writer.Field("IP", status.Text("podIP"));
        if (pod.Map("metadata").Items("ownerReferences").FirstOrDefault() is { } owner)
        {
            writer.Field("Controlled By", $"{owner.Text("kind")}/{owner.Text("name")}");
        }

        DescribeContainers("Init Containers", spec.Items("initContainers"), status.Items("initContainerStatuses"));
        DescribeContainers("Containers", spec.Items("containers"), status.Items("containerStatuses"));
        objects.DescribeConditions(status, ("Type", "type"), ("Status", "status"));
        DescribeVolumes(spec);
        writer.Field("QoS Class", status.Text("qosClass"));
        writer.Field("Node-Selectors", ObjectDescriber.Lines(spec.Map("nodeSelector"), "="));
        writer.Field("Tolerations", string.Join('\n', spec.Items("tolerations").Select(TolerationOf)));
    }

    /// <summary>Containers under a heading; with their states when there are any.</summary>
    public void DescribeContainers(string heading, IEnumerable<JsonObject> containers, IEnumerable<JsonObject> states)
    {
        var byName = states.ToDictionary(static state => state.Text("name") ?? "");
        JsonObject[] all = [.. containers];
        if (all.Length == 0)
        {
            return;
        }

        writer.Section(heading, () =>
        {
            foreach (var container in all)
            {
                var name = container.Text("name") ?? "";
                writer.Section(name, () => DescribeContainer(container, byName.GetValueOrDefault(name)));
            }
        });
    }

    private void DescribeContainer(JsonObject container, JsonObject? status)
    {
        if (status is not null)
        {
            writer.Field("Container ID", status.Text("containerID"));
        }

        writer.Field("Image", container.Text("image"));
        var ports = container.Items("ports").Select(static port => $"{port.Text("containerPort")}/{port.Text("protocol") ?? "TCP"}");
        writer.Field("Ports", string.Join(", ", ports));
        DescribeList("Command", container["command"]);
        DescribeList("Args", container["args"]);
        if (status is not null)
        {
            DescribeState("State", status.Map("state"));
            DescribeState("Last State", status.Map("lastState"));
            writer.Field("Ready", status.Text("ready") == "true" ? "True" : "False");
            writer.Field("Restart Count", status.Text("restartCount") ?? "0");
        }

        DescribeMap("Limits", container.Map("resources").Map("limits"));
        DescribeMap("Requests", container.Map("resources").Map("requests"));
        DescribeProbe("Liveness", container.Map("livenessProbe"));
        DescribeProbe("Readiness", container.Map("readinessProbe"));
        DescribeEnvironment(container);
        writer.Field("Mounts", string.Join('\n', container.Items("volumeMounts").Select(MountOf)));
    }

    private static string MountOf(JsonObject mount)
        => $"{mount.Text("mountPath")} from {mount.Text("name")} ({(mount.Text("readOnly") == "true" ? "ro" : "rw")})";

    private void DescribeState(string title, JsonObject state)
    {
        if (state.FirstOrDefault() is not { Key: { } name, Value: JsonObject details })
        {
            return;
        }

        writer.Field(title, char.ToUpperInvariant(name[0]) + name[1..]);
        foreach (var (field, shown) in (ReadOnlySpan<(string, string)>)
        [
            ("reason", "  Reason"), ("message", "  Message"), ("exitCode", "  Exit Code"),
            ("startedAt", "  Started"), ("finishedAt", "  Finished"),
        ])
        {
            if (details.Text(field) is { Length: > 0 } value)
            {
                writer.Field(shown, value);
            }
        }
    }

    private void DescribeProbe(string title, JsonObject probe)
    {
        if (probe.Count == 0)
        {
            return;
        }

        var (http, tcp, exec) = (probe.Map("httpGet"), probe.Map("tcpSocket"), probe.Map("exec"));
        var how = http.Count > 0 ? $"http-get http://:{http.Text("port")}{http.Text("path")}"
            : tcp.Count > 0 ? $"tcp-socket :{tcp.Text("port")}"
            : $"exec [{string.Join(' ', exec["command"] as JsonArray ?? [])}]";
        var times = $"delay={Number("initialDelaySeconds", 0)}s timeout={Number("timeoutSeconds", 1)}s "
            + $"period={Number("periodSeconds", 10)}s";
        writer.Field(title, $"{how} {times} #success={Number("successThreshold", 1)} #failure={Number("failureThreshold", 3)}");

        string Number(string name, int byDefault) => probe.Text(name) ?? $"{byDefault}";
    }

    private void DescribeEnvironment(JsonObject container)
    {
        JsonObject[] sources = [.. container.Items("envFrom")];
        if (sources.Length > 0)
        {
            writer.Section("Environment Variables from", () => Array.ForEach(sources, source => writer.Text(SourceOf(source))));
        }

        JsonObject[] variables = [.. container.Items("env")];
        if (variables.Length == 0)
        {
            writer.Field("Environment", null);
            return;
        }

        writer.Section("Environment", () =>
        {
            foreach (var variable in variables)
            {
                writer.Field(variable.Text("name") ?? "", variable.Text("value") ?? ReferenceOf(variable.Map("valueFrom")));
            }
        });
    }

    private static string SourceOf(JsonObject source) => source["configMapRef"] is JsonObject map
        ? $"{map.Text("name")}  ConfigMap"
        : $"{source.Map("secretRef").Text("name")}  Secret";

    // Never the value: a description may be shown to others.
    private static string ReferenceOf(JsonObject from) => from.FirstOrDefault() switch
    {
        { Key: "fieldRef", Value: var field } => $" ({field.Text("fieldPath")})",
        { Key: "configMapKeyRef", Value: var key } => $"<set to the key '{key.Text("key")}' of config map '{key.Text("name")}'>",
        { Key: "secretKeyRef", Value: var key } => $"<set to the key '{key.Text("key")}' in secret '{key.Text("name")}'>",
        { Key: { } other } => $"<set by {other}>",
        _ => "",
    };

    private void DescribeList(string title, JsonNode? list)
    {
        if (list is JsonArray { Count: > 0 } items)
        {
            writer.Section(title, () => items.ToList().ForEach(item => writer.Text(item?.ToString() ?? "")));
        }
    }

    private void DescribeMap(string title, JsonObject map)
    {
        if (map.Count > 0)
        {
            writer.Section(title, () => map.ToList().ForEach(pair => writer.Field(pair.Key, pair.Value?.ToString())));
        }
    }

    private void DescribeVolumes(JsonObject spec)
    {
        JsonObject[] volumes = [.. spec.Items("volumes")];
        if (volumes.Length == 0)
        {
            writer.Field("Volumes", null);
            return;
        }

        writer.Section("Volumes", () => Array.ForEach(volumes, DescribeVolume));
    }

    private void DescribeVolume(JsonObject volume) => writer.Section(volume.Text("name") ?? "", () =>
    {
        var (type, source) = volume.FirstOrDefault(static pair => pair.Key != "name");
        writer.Field("Type", type is null ? null : char.ToUpperInvariant(type[0]) + type[1..]);
        if ((source.Text("name") ?? source.Text("secretName") ?? source.Text("path")) is { } about)
        {
            writer.Field("Source", about);
        }
    });

    private static string StatusOf(JsonObject pod)
        => pod.Map("metadata").Text("deletionTimestamp") is { } since
            ? $"Terminating (since {since})"
            : pod.Map("status").Text("phase") ?? "";

    private static string TolerationOf(JsonObject one)
    {
        var value = one.Text("value") is { Length: > 0 } text ? $"={text}" : "";
        var effect = one.Text("effect") is { Length: > 0 } what ? $":{what}" : "";
        var exists = one.Text("operator") == "Exists" ? " op=Exists" : "";
        var seconds = one.Text("tolerationSeconds") is { } limit ? $" for {limit}s" : "";
        return $"{one.Text("key")}{value}{effect}{exists}{seconds}";
    }
}
