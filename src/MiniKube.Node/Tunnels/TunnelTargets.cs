using System.Net;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// What a server may reach through the tunnel: the node's own endpoint, and pods of this node. Nothing else of the network the agent
/// stands in, which its owner never agreed to open to the cluster's administrators. Pure.
/// </summary>
internal static class TunnelTargets
{
    /// <summary>Where to connect; null with the reason when it is not allowed.</summary>
    public static IPEndPoint? Find(string? asked, int kubeletPort, IPNetwork? podAddresses, out string refusal)
    {
        refusal = "";
        if (asked == TunnelMessage.Kubelet)
        {
            refusal = kubeletPort == 0 ? "the node agent does not listen yet" : "";
            return kubeletPort == 0 ? null : new IPEndPoint(IPAddress.Loopback, kubeletPort);
        }

        if (!IPEndPoint.TryParse(asked ?? "", out var address) || address.Port == 0)
        {
            refusal = $"\"{asked}\" is no address and port";
            return null;
        }

        if (podAddresses is { } pods && pods.Contains(address.Address))
        {
            return address;
        }

        refusal = $"{address.Address} is no address of this node's pods; a tunnel leads to nothing else";
        return null;
    }
}
