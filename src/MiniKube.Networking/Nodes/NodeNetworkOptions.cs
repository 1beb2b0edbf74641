using System.Net;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>What a node must know to reach the pods of the others.</summary>
public sealed record NodeNetworkOptions
{
    /// <summary>1, as flannel's.</summary>
    public const int DefaultVxlanId = 1;

    /// <summary>8472, what Linux took before the number was assigned, and k3s and flannel take.</summary>
    public const int DefaultVxlanPort = 8472;

    /// <summary>The name of this machine's Node object.</summary>
    public required string NodeName { get; init; }

    /// <summary>The instance's bridge, and the start of the name of whatever is made here.</summary>
    public required string InstanceName { get; init; }

    /// <summary>Where what must be put back later is remembered; belongs to this instance alone.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The addresses of all pods of the cluster.</summary>
    public required IPNetwork ClusterCidr { get; init; }

    /// <summary>The same on every node of the cluster.</summary>
    public NetworkBackend Backend { get; init; } = NetworkBackend.Vxlan;

    /// <summary>Tells the cluster's packets from those of others; the same on every node of the cluster.</summary>
    public int VxlanId { get; init; } = DefaultVxlanId;

    /// <summary>The UDP port that must be open between nodes; the same on every node of the cluster.</summary>
    public int VxlanPort { get; init; } = DefaultVxlanPort;

    /// <summary>The address others reach this node at; what it is now is announced.</summary>
    public required NodeAddress Address { get; init; }

    /// <summary>
    /// Changes <see cref="Address"/> when the machine has lost it and has another; false when somebody else sees to that, or a
    /// person chose the address.
    /// </summary>
    public bool FollowsMachine { get; init; }

    /// <summary>The network namespace that is the machine; null is that of this process. For tests.</summary>
    internal string? NamespacePath { get; init; }

    /// <summary>The VXLAN device.</summary>
    internal string DeviceName => InstanceName + "v";
}
