using System.Net;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>
/// Follows which address this machine has, as the kernel announces changes of links, addresses and routes. Ready once no change
/// can be missed any more.
/// </summary>
/// <param name="ownLinks">What the names of this instance's own links begin with: they come and go with pods.</param>
/// <param name="find">The address as it is now, or null while there is none: the last one then stays.</param>
/// <param name="found">Told every address found, the same or another.</param>
public sealed class AddressFollower(
    string ownLinks, Func<CancellationToken, Task<IPAddress?>> find, Action<IPAddress> found) : ClusterComponent
{
    /// <inheritdoc />
    public override string Name => "node-address";

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var monitor = MachineMonitor.Open();
        SignalReady();
        await LookAsync(stopping); // It may have changed between the last look of others and the first announcement.
        await foreach (var _ in monitor.ReadAllAsync(IsOfPods, stopping))
        {
            await LookAsync(stopping);
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        if (await find(stopping) is { } address)
        {
            found(address);
        }
    }

    private bool IsOfPods(string link)
        => link.StartsWith(ownLinks, StringComparison.Ordinal) || link.StartsWith("veth", StringComparison.Ordinal);
}
