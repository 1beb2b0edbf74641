using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// A way into a Service as the kernel has it: its plan, and which endpoint has which number. An endpoint keeps its
/// number for as long as it can, so that a change of one writes one.
/// </summary>
internal sealed record NftFrontend(FrontendPlan Plan, ImmutableArray<IPEndPoint> Slots)
{
    /// <summary>The same way in with another plan: endpoints that stay keep their place, new ones fill the gaps.</summary>
    public static NftFrontend Of(FrontendPlan plan, NftFrontend? former)
    {
        if (former is null)
        {
            return new NftFrontend(plan, plan.Endpoints);
        }

        var added = new Queue<IPEndPoint>(plan.Endpoints.Except(former.Slots));
        var wanted = plan.Endpoints.ToHashSet();
        var slots = former.Slots.Select(slot => wanted.Contains(slot) ? slot : null).ToList();
        for (var place = 0; place < slots.Count; place++)
        {
            slots[place] ??= added.TryDequeue(out var next) ? next : TakeLast(slots, place);
        }

        slots.RemoveAll(static slot => slot is null);
        return new NftFrontend(plan, [.. slots.OfType<IPEndPoint>(), .. added]);
    }

    /// <summary>The chain that chooses among so many endpoints; shared by all ways in that have as many.</summary>
    public string Chain => Plan.Affinity is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Picks}-{Word(Plan.Address.Protocol)}-{Slots.Length}")
        : NftAffinity.ChainOf(Plan);

    private string Picks => Plan.Address.IsNodePort ? "port-pick" : "pick";

    /// <summary>How the way in is named in chains of its own: <c>10.43.0.7-tcp-80</c>.</summary>
    public static string NameOf(FrontendAddress address)
        => string.Create(CultureInfo.InvariantCulture, $"{address.Address}-{Word(address.Protocol)}-{address.Port}");

    /// <summary>The map with the endpoints of the way in.</summary>
    public static string EndpointsOf(FrontendAddress address)
        => $"{(address.IsNodePort ? "port-endpoints" : "endpoints")}-{Word(address.Protocol)}";

    public static string Word(ProxyProtocol protocol) => protocol switch
    {
        ProxyProtocol.Tcp => "tcp",
        ProxyProtocol.Udp => "udp",
        _ => "sctp",
    };

    /// <summary>Everything maps and sets have to say about it.</summary>
    public IEnumerable<NftElement> Elements()
    {
        var (address, isPort) = (Plan.Address, Plan.Address.IsNodePort);
        var port = string.Create(CultureInfo.InvariantCulture, $"{Word(address.Protocol)} . {address.Port}");
        var key = isPort ? port : $"{address.Address} . {port}";
        if (!Plan.Sources.IsEmpty)
        {
            yield return new NftElement("guarded", key, $"goto {NftGuard.ChainOf(Plan)}");
        }

        if (Slots.IsEmpty)
        {
            yield return new NftElement(isPort ? "refused-ports" : "refused", key, "goto refuse");
            yield break;
        }

        yield return new NftElement(isPort ? "ports" : "addresses", key, $"goto {Chain}");
        if (Plan.Masquerade)
        {
            yield return new NftElement(isPort ? "masqueraded-ports" : "masqueraded", key, null);
        }

        for (var place = 0; Plan.Affinity is null && place < Slots.Length; place++)
        {
            yield return new NftElement(
                EndpointsOf(address),
                string.Create(CultureInfo.InvariantCulture, $"{key} . {place}"),
                string.Create(CultureInfo.InvariantCulture, $"{Slots[place].Address} . {Slots[place].Port}"));
        }
    }

    private static IPEndPoint? TakeLast(List<IPEndPoint?> slots, int place)
    {
        var last = slots.FindLastIndex(static slot => slot is not null);
        if (last <= place)
        {
            return null;
        }

        var moved = slots[last];
        slots[last] = null;
        return moved;
    }
}
