using System.Net;
using System.Net.Sockets;
using k8s.Models;

namespace MiniKube.Networking;

/// <summary>
/// What a Node object says about the network of its machine. The annotations are written by the machine itself; its InternalIP
/// stands in for an address it has not announced yet.
/// </summary>
internal sealed record PeerNode(
    string Name, IPNetwork PodCidr, IPAddress Address, NetworkBackend? Backend, HardwareAddress? HardwareAddress, bool IsReady)
{
    public const string BackendAnnotation = "minikube.io/backend";
    public const string HardwareAddressAnnotation = "minikube.io/vtep-mac";
    public const string AddressAnnotation = "minikube.io/public-ip";

    /// <summary>The node's place in the network, or null while it has no pod addresses or no address of its own.</summary>
    public static PeerNode? Of(V1Node node)
    {
        var annotations = node.Metadata.Annotations;
        string? Annotation(string name) => annotations is not null && annotations.TryGetValue(name, out var value) ? value : null;

        var internalIp = node.Status?.Addresses?.FirstOrDefault(static one => one.Type == "InternalIP")?.Address;
        if (PodCidrOf(node) is not { } cidr
            || (ParseIPv4(Annotation(AddressAnnotation)) ?? ParseIPv4(internalIp)) is not { } address)
        {
            return null;
        }

        return new PeerNode(
            node.Metadata.Name,
            cidr,
            address,
            NetworkBackendNames.Find(Annotation(BackendAnnotation)),
            Networking.HardwareAddress.TryParse(Annotation(HardwareAddressAnnotation)),
            node.Status?.Conditions?.Any(static condition => condition is { Type: "Ready", Status: "True" }) == true);
    }

    /// <summary>The node's pod addresses, or null while it has none.</summary>
    public static IPNetwork? PodCidrOf(V1Node node)
        => IPNetwork.TryParse(node.Spec?.PodCIDR, out var cidr) && cidr.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            ? cidr
            : null;

    /// <summary>
    /// The hardware address of the VXLAN device of the node with those pod addresses: no two nodes have the same, and it is the
    /// same again after a restart.
    /// </summary>
    public static HardwareAddress HardwareAddressOf(IPNetwork podCidr)
        => new([0x0a, 0x5a, .. podCidr.AddressAt(1).GetAddressBytes()]);

    private static IPAddress? ParseIPv4(string? text)
        => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork ? address : null;
}
