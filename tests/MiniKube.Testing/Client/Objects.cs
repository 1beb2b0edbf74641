using k8s.Models;

namespace MiniKube.Testing;

/// <summary>Small valid objects, to be varied with object initializers and <c>With</c>-style delegates.</summary>
public static class Objects
{
    public static V1ConfigMap ConfigMap(string name, string namespaceName = "default") => new()
    {
        ApiVersion = "v1",
        Kind = "ConfigMap",
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = namespaceName },
        Data = new Dictionary<string, string> { ["key"] = "value" },
    };

    public static V1Pod Pod(string name, Action<V1Pod>? change = null)
    {
        var pod = new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default", Labels = new Dictionary<string, string>() },
            Spec = new V1PodSpec
            {
                // What its volume is made of comes from controllers, which most tests do without.
                AutomountServiceAccountToken = false,
                Containers = [new V1Container { Name = "main", Image = "minikube/testbox" }],
            },
            Status = new V1PodStatus { Phase = "Pending" },
        };
        change?.Invoke(pod);
        return pod;
    }

    public static V1Node Node(string name, string cpu = "4", string memory = "8Gi", string pods = "110", Action<V1Node>? change = null)
    {
        var resources = new Dictionary<string, ResourceQuantity>
        {
            ["cpu"] = new(cpu),
            ["memory"] = new(memory),
            ["pods"] = new(pods),
            ["ephemeral-storage"] = new("100Gi"),
        };
        var node = new V1Node
        {
            ApiVersion = "v1",
            Kind = "Node",
            Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name } },
            Spec = new V1NodeSpec(),
            Status = new V1NodeStatus
            {
                Allocatable = resources,
                Capacity = resources,
                Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }],
            },
        };
        change?.Invoke(node);
        return node;
    }
}
