using System.Net;

namespace MiniKube.Runtimes;

/// <summary>
/// Connects the embedded runtime's sandboxes to the node's pod network. Implemented over rtnetlink by MiniKube.Networking (the host
/// wires it), and by a fake in tests. All members are safe to repeat.
/// </summary>
public interface ISandboxNetwork
{
    /// <summary>Makes the bridge and what pods share. A second call with the same CIDR changes nothing.</summary>
    Task ConfigureAsync(IPNetwork podCidr, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the network namespace at <paramref name="netnsPath"/> its loopback, an <c>eth0</c> on the bridge with a free address of
    /// the pod CIDR, and a default route. The address stays with the id until detached, across restarts.
    /// </summary>
    Task<IPAddress> AttachAsync(string sandboxId, string netnsPath, CancellationToken cancellationToken);

    /// <summary>Gives the address back; the veth goes with the namespace or here.</summary>
    Task DetachAsync(string sandboxId, CancellationToken cancellationToken);

    /// <summary>Removes everything this instance put into the node's network. Pods must be gone.</summary>
    Task TearDownAsync(CancellationToken cancellationToken);
}
