using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Logging;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>
/// Keeps every address of the service CIDR an address of this machine, by one local route over the instance's bridge:
/// no address is listed on a link, and the route ends with the bridge. Follows the bridge as it comes and goes.
/// </summary>
internal sealed partial class ServiceRoute(
    string bridge, IPNetwork serviceCidr, ILogger logger, Func<PodBridge, CancellationToken, Task>? bridgeUp = null) : ClusterComponent
{
    private PodBridge? _told;

    /// <inheritdoc />
    public override string Name => "service-route";

    /// <summary>Sets the route if the bridge is there and up, and tells once that it is.</summary>
    private async Task EnsureAsync(CancellationToken stopping)
    {
        if (Ensure() is { } bridge && bridge != _told)
        {
            await (bridgeUp?.Invoke(bridge, stopping) ?? Task.CompletedTask);
            _told = bridge;
        }
    }

    private PodBridge? Ensure()
    {
        try
        {
            using var node = RouteNetlink.Open();
            if (node.FindLink(bridge) is not { IsUp: true } link)
            {
                return null;
            }

            if (!node.AddRoute(RouteSpec.Local(serviceCidr, link.Index)))
            {
                CheckOwner(node, link);
            }

            var address = node.ListAddresses().Find(address => address.LinkIndex == link.Index);
            return address is null ? null : new PodBridge(link.Index, link.HardwareAddress, NetworkOf(address));
        }
        catch (NetlinkException error)
        {
            Log.NoRoute(logger, serviceCidr, error.Message);
            return null;
        }
    }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var monitor = LinkMonitor.Open();
        await EnsureAsync(stopping);
        SignalReady();
        await foreach (var link in monitor.ReadAllAsync(stopping))
        {
            if (link is null || (link.Name == bridge && link.IsUp))
            {
                await EnsureAsync(stopping);
            }
        }
    }

    private static IPNetwork NetworkOf(LinkAddress address)
    {
        var mask = address.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - address.PrefixLength);
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address.Address.ToNumber() & mask);
        return new IPNetwork(new IPAddress(bytes), address.PrefixLength);
    }

    private void CheckOwner(RouteNetlink node, Link link)
    {
        var holder = node.ListRoutes().Find(route => route.Kind == RouteKind.Local && route.Destination == serviceCidr);
        if (holder is not null && holder.LinkIndex != link.Index)
        {
            var other = node.ListLinks().Find(other => other.Index == holder.LinkIndex);
            Log.RouteTaken(logger, serviceCidr, other?.Name ?? "another link");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5010, LogLevel.Error, "Cluster IPs of {ServiceCidr} cannot be reached: {Problem}")]
        public static partial void NoRoute(ILogger logger, IPNetwork serviceCidr, string problem);

        [LoggerMessage(5011, LogLevel.Error,
            "The service CIDR {ServiceCidr} is routed over {Link} already, by another instance: "
            + "start this one with another --service-cidr")]
        public static partial void RouteTaken(ILogger logger, IPNetwork serviceCidr, string link);
    }
}
