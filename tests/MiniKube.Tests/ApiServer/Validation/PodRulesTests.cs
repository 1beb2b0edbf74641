using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Validation;

public sealed class PodRulesTests
{
    private const string Good = """
        {
          "metadata": { "name": "web", "namespace": "default" },
          "spec": {
            "containers": [{
              "name": "app", "image": "nginx:1",
              "ports": [{ "name": "http", "containerPort": 80 }],
              "env": [{ "name": "A", "value": "b" }, { "name": "IP", "valueFrom": { "fieldRef": { "fieldPath": "status.podIP" } } }],
              "envFrom": [{ "configMapRef": { "name": "c" } }],
              "volumeMounts": [{ "name": "v", "mountPath": "/v" }],
              "resources": { "requests": { "cpu": "1" }, "limits": { "cpu": "2", "memory": "1Gi" } },
              "readinessProbe": { "httpGet": { "port": "http" } },
              "livenessProbe": { "exec": { "command": ["true"] } },
              "lifecycle": { "preStop": { "sleep": { "seconds": 5 } } }
            }],
            "initContainers": [{ "name": "log", "image": "x", "restartPolicy": "Always" }],
            "volumes": [{ "name": "v", "emptyDir": {} }],
            "tolerations": [{ "key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5 }],
            "nodeSelector": { "disk": "ssd" }
          }
        }
        """;

    [Test]
    public void A_good_pod_passes()
    {
        Assert.That(Create("{}"), Is.Empty);
        Assert.That(Update("{}"), Is.Empty);
    }

    [TestCase("""{"containers":[]}""", "spec.containers: Required value")]
    [TestCase("""{"restartPolicy":"Sometimes"}""",
        """spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure" """)]
    [TestCase("""{"dnsPolicy":"None"}""",
        "spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None")]
    [TestCase("""{"terminationGracePeriodSeconds":-1,"containers":[{"name":"a","image":"b"}]}""",
        "spec.terminationGracePeriodSeconds: Invalid value: -1: must be greater than or equal to 0")]
    [TestCase("""{"activeDeadlineSeconds":0}""",
        "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive")]
    [TestCase("""{"hostAliases":[{"ip":"nine"}]}""",
        "spec.hostAliases[0].ip: Invalid value: \"nine\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    [TestCase("""{"tolerations":[{"key":"a","value":"b","operator":"Exists"}]}""",
        "spec.tolerations[0].operator: Invalid value: \"b\": value must be empty when `operator` is 'Exists'")]
    [TestCase("""{"tolerations":[{"value":"b"}]}""", "spec.tolerations[0].operator: Invalid value: \"\": operator must be Exists "
        + "when `key` is empty, which means \"match all values and all keys\"")]
    [TestCase("""{"securityContext":{"runAsUser":-1}}""",
        "spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive")]
    [TestCase("""{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[]}}}}""",
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at "
        + "least one node selector term")]
    [TestCase("""{"topologySpreadConstraints":[{"maxSkew":0,"topologyKey":"z","whenUnsatisfiable":"DoNotSchedule"}]}""",
        "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero")]
    public void A_bad_pod_is_refused(string spec, string problem)
        => Assert.That(Create($$"""{"spec":{{spec}}}"""), Is.EqualTo(new[] { problem.Trim() }));

    [TestCase("""{"image":""}""", "image: Required value")]
    [TestCase("""{"image":" a"}""", "image: Invalid value: \" a\": must not have leading or trailing whitespace")]
    [TestCase("""{"name":""}""", "name: Required value")]
    [TestCase("""{"imagePullPolicy":"Now"}""",
        """imagePullPolicy: Unsupported value: "Now": supported values: "Always", "IfNotPresent", "Never" """)]
    [TestCase("""{"ports":[{"containerPort":0}]}""", "ports[0].containerPort: Required value")]
    [TestCase("""{"ports":[{"containerPort":70000}]}""",
        "ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [TestCase("""{"ports":[{"containerPort":1,"name":"a"},{"containerPort":2,"name":"a"}]}""",
        "ports[1].name: Duplicate value: \"a\"")]
    [TestCase("""{"ports":[{"containerPort":1,"hostPort":5},{"containerPort":2,"hostPort":5}]}""",
        "ports[1].hostPort: Duplicate value: \"/TCP/5\"")]
    [TestCase("""{"ports":[{"containerPort":1,"protocol":"ICMP"}]}""",
        """ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP" """)]
    [TestCase("""{"env":[{"name":"a=b"}]}""", "env[0].name: Invalid value: \"a=b\": a valid environment variable name must consist "
        + "only of printable ASCII characters other than '='")]
    [TestCase("""{"env":[{"name":"a","valueFrom":{}}]}""",
        "env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`")]
    [TestCase("""{"env":[{"name":"a","value":"x","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}""",
        "env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty")]
    [TestCase("""{"env":[{"name":"a","valueFrom":{"configMapKeyRef":{"key":"k"}}}]}""",
        "env[0].valueFrom.configMapKeyRef.name: Required value")]
    [TestCase("""{"envFrom":[{}]}""", "envFrom[0]: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`")]
    [TestCase("""{"volumeMounts":[{"name":"w","mountPath":"/w"}]}""", "volumeMounts[0].name: Not found: \"w\"")]
    [TestCase("""{"volumeMounts":[{"name":"v","mountPath":"/a"},{"name":"v","mountPath":"/a"}]}""",
        "volumeMounts[1].mountPath: Invalid value: \"/a\": must be unique")]
    [TestCase("""{"volumeMounts":[{"name":"v","mountPath":"/a","subPath":"../b"}]}""",
        "volumeMounts[0].subPath: Invalid value: \"../b\": must not contain '..'")]
    [TestCase("""{"resources":{"requests":{"cpu":"3"},"limits":{"cpu":"2"}}}""",
        "resources.requests: Invalid value: \"3\": must be less than or equal to cpu limit of 2")]
    [TestCase("""{"resources":{"requests":null,"limits":{"cpu":"-1"}}}""",
        "resources.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0|"
        + "resources.requests[cpu]: Invalid value: \"-1\": must be greater than or equal to 0")]
    [TestCase("""{"resources":{"requests":{"x.y/gpu":"1"}}}""",
        "resources.limits: Required value: Limit must be set for non overcommitable resources")]
    [TestCase("""{"readinessProbe":{"httpGet":null}}""", "readinessProbe: Required value: must specify a handler type")]
    [TestCase("""{"livenessProbe":{"exec":{"command":["a"]},"tcpSocket":{"port":1}}}""",
        "livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type")]
    [TestCase("""{"livenessProbe":{"exec":{"command":["a"]},"successThreshold":2}}""",
        "livenessProbe.successThreshold: Invalid value: 2: must be 1")]
    [TestCase("""{"readinessProbe":{"httpGet":{"port":0}}}""",
        "readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [TestCase("""{"lifecycle":{"preStop":{"sleep":{"seconds":31}}}}""", "lifecycle.preStop.sleep: Invalid value: 31: must be "
        + "non-negative and less than terminationGracePeriodSeconds (30)")]
    [TestCase("""{"securityContext":{"privileged":true,"allowPrivilegeEscalation":false}}""",
        "securityContext: Invalid value: false: cannot set `allowPrivilegeEscalation` to false and `privileged` to true")]
    public void A_bad_container_is_refused(string container, string problem)
    {
        var merged = $$$"""{"spec":{"containers":[{{{Merged(container)}}}]}}""";

        Assert.That(Create(merged), Is.EqualTo(problem.Trim().Split('|').Select(one => $"spec.containers[0].{one}")));
    }

    [TestCase("""{"name":"app","image":"x"}""", "spec.initContainers[0].name: Duplicate value: \"app\"")]
    [TestCase("""{"name":"i","image":"x","livenessProbe":{"exec":{"command":["a"]}}}""",
        "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always")]
    public void A_bad_init_container_is_refused(string container, string problem)
        => Assert.That(Create($$$"""{"spec":{"initContainers":[{{{container}}}]}}"""), Is.EqualTo(new[] { problem }));

    [TestCase("""{"name":"v","configMap":{}}""", "spec.volumes[0].configMap.name: Required value")]
    [TestCase("""{"name":"v","configMap":{"name":"c","items":[{"key":"k","path":"../x"}]}}""",
        "spec.volumes[0].configMap.items[0].path: Invalid value: \"../x\": must not contain '..'")]
    [TestCase("""{"name":"v","emptyDir":{},"hostPath":{"path":"/x"}}""",
        "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type")]
    [TestCase("""{"name":"v","secret":{"secretName":"s","defaultMode":512}}""", "spec.volumes[0].secret.defaultMode: Invalid value: "
        + "512: must be a number between 0 and 0777 (octal), both inclusive")]
    public void A_bad_volume_is_refused(string volume, string problem)
        => Assert.That(Create($$$"""{"spec":{"volumes":[{{{volume}}}]}}"""), Is.EqualTo(new[] { problem }));

    [TestCase("""{"containers":[{"image":"nginx:2"}]}""")]
    [TestCase("""{"activeDeadlineSeconds":5}""")]
    [TestCase("""{"tolerations":[{"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":9},{"key":"b"}]}""")]
    public void What_may_change_in_a_pod_changes(string spec) => Assert.That(Update(Merged(spec, "spec")), Is.Empty);

    [Test]
    public void What_may_not_change_in_a_pod_is_named()
    {
        Assert.That(Update("""{"spec":{"nodeName":"n","hostNetwork":true}}""").Single(), Does
            .StartWith("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`")
            .And.EndsWith("changed: spec.containers, spec.hostNetwork, spec.nodeName"));
        Assert.That(Update("""{"spec":{"containers":[{"name":"a","image":"b"},{"name":"c","image":"d"}]}}"""), Has.Some.EqualTo(
            "spec.containers: Forbidden: pod updates may not add or remove containers"));
        Assert.That(Update("""{"spec":{"tolerations":[]}}"""), Has.Some.EqualTo(
            "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"));
    }

    private static IEnumerable<string> Create(string change) => Validated.Create(new PodResource(), Good, change);

    private static IEnumerable<string> Update(string change) => Validated.Update(new PodResource(), Good, change);

    // A merge patch replaces lists, so a change of the container is applied to the good one first.
    private static string Merged(string container)
    {
        var good = System.Text.Json.Nodes.JsonNode.Parse(Good)!["spec"]!["containers"]![0];
        return MergePatch.Apply(good, System.Text.Json.Nodes.JsonNode.Parse(container))!.ToJsonString();
    }

    private static string Merged(string change, string field)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(change)!.AsObject();
        if (node["containers"]?[0] is { } container)
        {
            node["containers"] = new System.Text.Json.Nodes.JsonArray(
                System.Text.Json.Nodes.JsonNode.Parse(Merged(container.ToJsonString())));
        }

        return $$"""{"{{field}}":{{node.ToJsonString()}}}""";
    }
}
