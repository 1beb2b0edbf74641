using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>What must be in the kernel for this node to reach the pods of all others.</summary>
internal sealed record OverlayPlan
{
    /// <summary>Nothing: no other nodes, or not our affair.</summary>
    public static OverlayPlan Nothing { get; } = new();

    /// <summary>The device packets are wrapped by; null when none is needed.</summary>
    public VxlanSpec? Device { get; init; }

    /// <summary>The address this machine's own packets to pods of other nodes carry when they go by the device.</summary>
    public IPAddress? DeviceAddress { get; init; }

    public ImmutableArray<PlannedRoute> Routes { get; init; } = [];

    public ImmutableArray<Neighbour> Neighbours { get; init; } = [];

    public ImmutableArray<ForwardingEntry> Forwarding { get; init; } = [];

    /// <summary>What keeps pods of single nodes from being reached, in words for people.</summary>
    public ImmutableArray<NetworkProblem> Problems { get; init; } = [];
}

/// <summary>A way to one node's pods; link 0 stands for the plan's device, which may not exist yet.</summary>
internal sealed record PlannedRoute(IPNetwork Destination, IPAddress Gateway, int LinkIndex);

/// <summary>A reason in one word, as in events and conditions, and a sentence that says what to do.</summary>
internal sealed record NetworkProblem(string Reason, string Message);
