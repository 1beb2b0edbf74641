using System.Collections.Immutable;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Networking;

/// <summary>
/// The open ways into all Services. Opens, changes and closes them as plans say. A way without endpoints is closed, so
/// that the kernel refuses clients at once. One caller at a time.
/// </summary>
internal sealed class FrontendSet(TimeProvider time, Random random, ILogger logger)
{
    private readonly RelaySet _relays = new(time, logger);
    private readonly Dictionary<ObjectKey, Dictionary<FrontendAddress, IFrontend>> _open = [];

    /// <summary>
    /// Makes the Service's ways in those of the plans. Returns the addresses that cannot be opened, and why.
    /// </summary>
    public async Task<IReadOnlyList<string>> ApplyAsync(ObjectKey service, ImmutableArray<FrontendPlan> plans)
    {
        var frontends = _open.TryGetValue(service, out var known) ? known : [];
        var problems = plans
            .Where(static plan => plan.Address.Protocol == ProxyProtocol.Sctp)
            .Select(static plan => $"cannot listen on {plan.Address}: SCTP is carried by nftables only")
            .ToList();
        var wanted = plans
            .Where(static plan => !plan.Endpoints.IsEmpty && plan.Address.Protocol != ProxyProtocol.Sctp)
            .ToDictionary(static plan => plan.Address);
        foreach (var address in frontends.Keys.Where(address => !wanted.ContainsKey(address)).ToList())
        {
            frontends.Remove(address, out var gone);
            await gone!.CloseAsync();
        }

        foreach (var plan in wanted.Values)
        {
            Open(frontends, plan, problems);
        }

        Keep(service, frontends);
        return problems;
    }

    /// <summary>Closes everything and cuts every connection.</summary>
    public async Task CloseAsync()
    {
        var frontends = _open.Values.SelectMany(static frontends => frontends.Values);
        await Task.WhenAll(frontends.Select(static frontend => frontend.CloseAsync()));
        _open.Clear();
        await _relays.CloseAsync();
    }

    private void Open(Dictionary<FrontendAddress, IFrontend> frontends, FrontendPlan plan, List<string> problems)
    {
        if (frontends.TryGetValue(plan.Address, out var present))
        {
            present.Publish(plan);
            return;
        }

        try
        {
            frontends.Add(plan.Address, Create(new Balancer(plan, time, random)));
        }
        catch (SocketException error)
        {
            problems.Add($"cannot listen on {plan.Address}: {error.Message}");
        }
    }

    private IFrontend Create(Balancer balancer)
        => balancer.Plan.Address.Protocol == ProxyProtocol.Tcp
            ? new TcpFrontend(balancer, _relays, time, logger)
            : new UdpFrontend(balancer, time, logger);

    private void Keep(ObjectKey service, Dictionary<FrontendAddress, IFrontend> frontends)
    {
        if (frontends.Count == 0)
        {
            _open.Remove(service);
            return;
        }

        _open[service] = frontends;
    }
}
