using System.Globalization;
using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// Chains of ways in whose clients stay with their endpoint: per endpoint a set of the clients it has, forgotten after
/// the time the Service says, and a chain that renews the client's entry and translates. These cost a rule per
/// endpoint, and only Services that ask for affinity have them.
/// </summary>
internal static class NftAffinity
{
    // A /16 of clients and then some. When it is full, further clients are balanced like any other.
    private const int ClientsMax = 65_536;

    public static string ChainOf(FrontendPlan plan)
        => string.Create(
            CultureInfo.InvariantCulture, $"stay-{NftFrontend.NameOf(plan.Address)}-{(int)plan.Affinity!.Value.TotalSeconds}");

    /// <summary>Writes what changes from one state of a way in to the next; either may be missing.</summary>
    public static void Change(NftScript script, NftFrontend? old, NftFrontend? next)
    {
        var (from, to) = (WithAffinity(old), WithAffinity(next));
        var isSame = from is not null && to is not null && ChainOf(from.Plan) == ChainOf(to.Plan);
        if (isSame && from!.Slots.SequenceEqual(to!.Slots))
        {
            return;
        }

        var kept = isSame ? from!.Slots.Intersect(to!.Slots).ToHashSet() : [];
        if (to is not null)
        {
            foreach (var endpoint in to.Slots.Where(endpoint => !kept.Contains(endpoint)))
            {
                AddEndpoint(script, to.Plan, endpoint);
            }

            FillChain(script, to);
        }

        if (from is not null)
        {
            if (!isSame)
            {
                script.Last("flush chain", ChainOf(from.Plan));
                script.Last("delete chain", ChainOf(from.Plan));
            }

            foreach (var endpoint in from.Slots.Where(endpoint => !kept.Contains(endpoint)))
            {
                script.Last("delete chain", EndpointName(from.Plan, endpoint));
                script.Last("delete set", EndpointName(from.Plan, endpoint));
            }
        }
    }

    private static NftFrontend? WithAffinity(NftFrontend? frontend)
        => frontend is { Plan.Affinity: not null, Slots.IsEmpty: false } ? frontend : null;

    private static void AddEndpoint(NftScript script, FrontendPlan plan, IPEndPoint endpoint)
    {
        var (name, seconds) = (EndpointName(plan, endpoint), (int)plan.Affinity!.Value.TotalSeconds);
        script.First("add set", string.Create(
            CultureInfo.InvariantCulture,
            $"{name} {{ type ipv4_addr; size {ClientsMax}; flags dynamic,timeout; timeout {seconds}s; }}"));
        script.First("add chain", name);
        script.First("add rule", $"{name} update @{name} {{ ip saddr }}");
        script.First("add rule", $"{name} meta l4proto {NftFrontend.Word(plan.Address.Protocol)} dnat ip to {endpoint}");
    }

    private static void FillChain(NftScript script, NftFrontend frontend)
    {
        var chain = ChainOf(frontend.Plan);
        script.First("add chain", chain);
        script.First("flush chain", chain);
        foreach (var name in frontend.Slots.Select(endpoint => EndpointName(frontend.Plan, endpoint)))
        {
            script.First("add rule", $"{chain} ip saddr @{name} goto {name}");
        }

        var choices = frontend.Slots.Select((endpoint, place)
            => string.Create(CultureInfo.InvariantCulture, $"{place} : goto {EndpointName(frontend.Plan, endpoint)}"));
        script.First(
            "add rule",
            string.Create(CultureInfo.InvariantCulture, $"{chain} numgen random mod {frontend.Slots.Length} vmap ")
            + $"{{ {string.Join(", ", choices)} }}");
    }

    private static string EndpointName(FrontendPlan plan, IPEndPoint endpoint)
        => string.Create(CultureInfo.InvariantCulture, $"{ChainOf(plan)}/{endpoint.Address}-{endpoint.Port}");
}
