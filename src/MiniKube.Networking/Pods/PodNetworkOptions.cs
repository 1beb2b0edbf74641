using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace MiniKube.Networking;

/// <summary>What a pod network is called, where it keeps its leases, and how large its packets are.</summary>
public sealed class PodNetworkOptions
{
    // The kernel's limit for a link's name is 15; four are for the number of the pod's end.
    internal const int InstanceNameMax = 11;

    /// <summary>
    /// The name of the bridge, and the start of the name of every other kernel object of this instance: see
    /// <see cref="InstanceNameOf"/>. At most 11 characters.
    /// </summary>
    public required string InstanceName { get; init; }

    /// <summary>Where the address leases are kept; made when missing. Belongs to this instance alone.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>
    /// Bytes of the largest packet. Null takes that of the link other nodes are reached over, less <see cref="Overhead"/>:
    /// the link of <see cref="NodeIp"/>, else that of the default route, else 1500.
    /// </summary>
    public int? Mtu { get; init; }

    /// <summary>Bytes that come before each packet on its way to another node.</summary>
    public int Overhead { get; init; }

    /// <summary>The address other nodes reach this one at.</summary>
    public IPAddress? NodeIp { get; init; }

    /// <summary>
    /// Opens the packet filter for this node's pods; false when a <see cref="NodeNetwork"/> does for those of all nodes.
    /// </summary>
    public bool OpensFirewall { get; init; } = true;

    /// <summary>The network namespace that is the machine; null is that of this process. For tests.</summary>
    internal string? NamespacePath { get; init; }

    /// <summary>
    /// The same name for the same data directory, and different ones for different ones: <c>mk-</c> and 8 hex digits.
    /// </summary>
    public static string InstanceNameOf(string dataDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataDirectory));
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(path));
        return $"mk-{Convert.ToHexStringLower(hash.AsSpan(0, 4))}";
    }
}
