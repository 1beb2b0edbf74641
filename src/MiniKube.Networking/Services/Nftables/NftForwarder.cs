using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Networking;

/// <summary>
/// Carries Services by rules of the kernel. Every call is one transaction that says only what changed; the rules stay
/// when the process ends and are replaced, in one transaction too, by those of the next.
/// </summary>
internal sealed partial class NftForwarder(ServiceProxyOptions options, HostCommand nft, ILogger logger) : IServiceForwarder
{
    private readonly string _table = NftTables.NameOf(options.BridgeName);
    private readonly NftOwnPods _ownPods = new();
    private readonly HashSet<string> _chains = [];
    private readonly Dictionary<FrontendAddress, NftFrontend> _open = [];
    private readonly Dictionary<FrontendAddress, ObjectKey> _owners = [];
    private readonly Dictionary<ObjectKey, ImmutableArray<FrontendAddress>> _held = [];
    private readonly Dictionary<ObjectKey, ImmutableArray<FrontendPlan>> _wanted = [];

    // True when it is not known what the kernel has: then everything is said anew.
    private bool _isLost = true;

    public string Name => ServiceProxyModes.Nftables;

    public Task<ServiceProblems> StartAsync(ServicePlans all, CancellationToken cancellationToken)
    {
        _isLost = true;
        return ApplyAsync(all, cancellationToken);
    }

    public async Task<ServiceProblems> ApplyAsync(ServicePlans changes, CancellationToken cancellationToken)
    {
        foreach (var (service, plans) in changes)
        {
            if (plans.IsEmpty)
            {
                _wanted.Remove(service);
            }
            else
            {
                _wanted[service] = plans;
            }
        }

        if (!_isLost)
        {
            var problems = new ServiceProblems();
            var (script, stale) = Write(changes, problems);
            if (script.Length == 0 || await RunAsync(script, cancellationToken) is not { } refused)
            {
                Forget(stale);
                return problems;
            }

            Log.SaidAnew(logger, refused);
        }

        return await SayAllAsync(cancellationToken);
    }

    public async Task BridgeUpAsync(PodBridge bridge, CancellationToken cancellationToken)
    {
        // A connection of this machine to its own loopback address at a node port leaves by the bridge.
        RouteLocalnet.Allow(options.BridgeName);
        await ForwardedServices.AcceptAsync(options.BridgeName, cancellationToken);
        var script = NftTables.Bridge(options.BridgeName, bridge);
        var result = await nft.RunAsync(["-f", "-"], script, cancellationToken);
        if (result.ExitCode != 0)
        {
            Log.NoBridgeTable(logger, options.BridgeName, FirstLines(result.Errors));
        }
    }

    /// <summary>The kernel goes on.</summary>
    public Task StopAsync() => Task.CompletedTask;

    private async Task<ServiceProblems> SayAllAsync(CancellationToken cancellationToken)
    {
        var problems = new ServiceProblems();
        var (script, stale) = WriteAll(problems);
        if (await RunAsync(script, cancellationToken) is { } refused)
        {
            throw new InvalidOperationException($"nft refused the rules of Services: {refused}");
        }

        Forget(stale);
        return problems;
    }

    /// <summary>One transaction. Null when the kernel took it, else why not.</summary>
    private async Task<string?> RunAsync(string script, CancellationToken cancellationToken)
    {
        _isLost = true;
        var result = await nft.RunAsync(["-f", "-"], script, cancellationToken);
        _isLost = result.ExitCode != 0;
        return _isLost ? FirstLines(result.Errors) : null;
    }

    private (string Script, List<StaleFlow> Stale) WriteAll(ServiceProblems problems)
    {
        _open.Clear();
        _owners.Clear();
        _held.Clear();
        _chains.Clear();
        _ownPods.Clear();
        var all = new ServicePlans();
        foreach (var (service, plans) in _wanted)
        {
            all.Add(service, plans);
        }

        var (script, stale) = Write(all, problems);
        return (NftTables.Base(options) + script, stale);
    }

    private (string Script, List<StaleFlow> Stale) Write(ServicePlans changes, ServiceProblems problems)
    {
        var script = new NftScript(_table);
        var stale = new List<StaleFlow>();

        // Those that give addresses back go first: another one may want them.
        foreach (var (service, plans) in changes)
        {
            foreach (var address in _held.GetValueOrDefault(service, []).Except(plans.Select(static plan => plan.Address)))
            {
                _owners.Remove(address);
                Change(script, stale, address, null);
            }
        }

        foreach (var (service, plans) in changes)
        {
            var held = new List<FrontendAddress>();
            foreach (var plan in plans)
            {
                if (ProblemWith(service, plan.Address) is { } problem)
                {
                    problems.Add(service, problem);
                    continue;
                }

                held.Add(plan.Address);
                _owners[plan.Address] = service;
                Change(script, stale, plan.Address, plan);
            }

            if (held.Count == 0)
            {
                _held.Remove(service);
            }
            else
            {
                _held[service] = [.. held];
            }
        }

        _ownPods.Write(script);
        return (script.IsEmpty ? "" : script.ToString(), stale);
    }

    private void Change(NftScript script, List<StaleFlow> stale, FrontendAddress address, FrontendPlan? plan)
    {
        var old = _open.GetValueOrDefault(address);
        var next = plan is null ? null : NftFrontend.Of(plan, old);
        MakeChain(script, next);
        NftAffinity.Change(script, old, next);
        NftGuard.Change(script, old?.Plan, next?.Plan);
        ChangeElements(script, old, next);
        _ownPods.Change(old?.Plan.Here ?? [], next?.Plan.Here ?? []);
        stale.AddRange(StaleFlow.Between(old, next));
        if (next is null)
        {
            _open.Remove(address);
        }
        else
        {
            _open[address] = next;
        }
    }

    private static void ChangeElements(NftScript script, NftFrontend? old, NftFrontend? next)
    {
        var former = (old?.Elements() ?? []).ToDictionary(static element => (element.Set, element.Key));
        foreach (var element in next?.Elements() ?? [])
        {
            if (!former.Remove((element.Set, element.Key), out var present))
            {
                script.Add(element);
            }
            else if (present.Value != element.Value)
            {
                script.Delete(present);
                script.Add(element);
            }
        }

        foreach (var gone in former.Values)
        {
            script.Delete(gone);
        }
    }

    /// <summary>One chain per number of endpoints, made when first needed.</summary>
    private void MakeChain(NftScript script, NftFrontend? frontend)
    {
        if (frontend is null or { Slots.IsEmpty: true } or { Plan.Affinity: not null } || !_chains.Add(frontend.Chain))
        {
            return;
        }

        var address = frontend.Plan.Address;
        var key = address.IsNodePort ? "meta l4proto . th dport" : "ip daddr . meta l4proto . th dport";
        script.First("add chain", frontend.Chain);
        script.First("add rule", string.Create(
            CultureInfo.InvariantCulture,
            $"{frontend.Chain} dnat ip addr . port to {key} . numgen random mod {frontend.Slots.Length} "
            + $"map @{NftFrontend.EndpointsOf(address)}"));
    }

    private string? ProblemWith(ObjectKey service, FrontendAddress address)
    {
        if (_owners.TryGetValue(address, out var owner))
        {
            return owner == service ? null : $"cannot listen on {address}: Service {owner} has it";
        }

        // Rules of ours would hide a program that listens there.
        return options.ServiceCidr.Contains(address.Address) || FrontendSockets.FindListener(address) is not { } why
            ? null
            : $"cannot listen on {address}: {why}";
    }

    private void Forget(List<StaleFlow> stale)
    {
        if (stale.Count == 0)
        {
            return;
        }

        try
        {
            using var tracking = ConnectionTracking.Open();
            tracking.Forget(stale);
        }
        catch (NetlinkException error)
        {
            Log.CannotForget(logger, error.Message);
        }
    }

    private static string FirstLines(string errors) => string.Join(' ', errors.Split('\n').Take(3).Select(line => line.Trim()));

    private static partial class Log
    {
        [LoggerMessage(5200, LogLevel.Error,
            "nft refused the rules for {Bridge}: pods do not reach Services whose endpoint is on the same node: {Reason}")]
        public static partial void NoBridgeTable(ILogger logger, string bridge, string reason);

        [LoggerMessage(5202, LogLevel.Warning, "nft refused a change of Services, all is said anew: {Reason}")]
        public static partial void SaidAnew(ILogger logger, string reason);

        [LoggerMessage(5201, LogLevel.Warning,
            "Datagrams may go on to endpoints that are gone: the connection tracking cannot be changed: {Reason}")]
        public static partial void CannotForget(ILogger logger, string reason);
    }
}
