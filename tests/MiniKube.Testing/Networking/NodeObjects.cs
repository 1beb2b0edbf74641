using k8s.Models;

namespace MiniKube.Testing;

/// <summary>Nodes with a place in the network, to be varied.</summary>
public static class NodeObjects
{
    public static V1Node Node(string name, string? podCidr, string? internalIp) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1NodeSpec { PodCIDR = podCidr },
        Status = new V1NodeStatus
        {
            Addresses = internalIp is null ? [] : [new V1NodeAddress { Type = "InternalIP", Address = internalIp }],
            Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }],
        },
    };
}
