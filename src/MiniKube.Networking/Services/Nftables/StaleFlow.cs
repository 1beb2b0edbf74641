using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// Datagrams have no end that the kernel could see: it goes on sending a client's to the endpoint its first one went
/// to. What must be forgotten when that endpoint is gone, or when there was none and now there is one.
/// </summary>
/// <param name="Address">Where the client sends them.</param>
/// <param name="Endpoint">Where they were carried; null when they were not.</param>
internal sealed record StaleFlow(FrontendAddress Address, IPEndPoint? Endpoint)
{
    public static IEnumerable<StaleFlow> Between(NftFrontend? old, NftFrontend? next)
    {
        var address = (old ?? next)!.Plan.Address;
        if (address.Protocol != ProxyProtocol.Udp)
        {
            yield break;
        }

        var (before, after) = (old?.Slots ?? [], next?.Slots ?? []);
        foreach (var gone in before.Except(after))
        {
            yield return new StaleFlow(address, gone);
        }

        if (before.IsEmpty && !after.IsEmpty)
        {
            yield return new StaleFlow(address, null);
        }
    }
}
