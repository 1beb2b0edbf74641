using System.Net;
using MiniKube.Networking;
using MiniKube.Runtimes;

namespace MiniKube;

/// <summary>
/// Lets the embedded runtime, which knows no networks, use the node's pod network, which knows no runtimes.
/// </summary>
internal sealed class PodNetworkAdapter(PodNetwork network) : ISandboxNetwork
{
    public Task ConfigureAsync(IPNetwork podCidr, CancellationToken cancellationToken)
        => network.ConfigureAsync(podCidr, cancellationToken);

    public Task<IPAddress> AttachAsync(string sandboxId, string netnsPath, CancellationToken cancellationToken)
        => network.AttachAsync(sandboxId, netnsPath, cancellationToken);

    public Task DetachAsync(string sandboxId, CancellationToken cancellationToken)
        => network.DetachAsync(sandboxId, cancellationToken);

    public Task TearDownAsync(CancellationToken cancellationToken) => network.TearDownAsync(cancellationToken);
}
