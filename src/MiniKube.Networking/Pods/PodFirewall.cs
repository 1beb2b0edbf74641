using System.Net;
using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>
/// What the packet filter must do for pods: rewrite the source of what leaves the cluster, and let through what a
/// firewall on this machine would drop. All of it carries the instance's name and is removed by <see
/// cref="CloseAsync"/>.
/// </summary>
internal sealed partial class PodFirewall(
    string bridge, string stateDirectory, MachineNamespace machine, ILogger logger)
{
    private string[] OwnRules => [$"-i {bridge} -j ACCEPT", $"-o {bridge} -j ACCEPT"];

    private readonly IPForwarding _forwarding = new(stateDirectory, machine);

    /// <summary>Failures are logged: pods reach each other and Services without any of this.</summary>
    /// <param name="pods">All pods there are, also of other nodes: among them no address is rewritten.</param>
    /// <param name="overlay">The device packets to other nodes are wrapped by; it may appear later.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task OpenAsync(IPNetwork pods, string overlay, CancellationToken cancellationToken)
    {
        try
        {
            _forwarding.Enable();
            await MasqueradeAsync(pods, overlay, cancellationToken);
            await AcceptForwardedAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            Log.CannotOpen(logger, bridge, error);
        }
    }

    /// <summary>Removes every rule of this instance, also those of an earlier process.</summary>
    public async Task CloseAsync(bool otherInstances, CancellationToken cancellationToken)
    {
        if (HostCommand.Find("nft", machine) is { } nft)
        {
            // Adding first makes the deletion right whether or not the table is there.
            await nft.RunAsync(["-f", "-"], $"add table ip {bridge}\ndelete table ip {bridge}\n", cancellationToken);
        }

        if (HostCommand.Find("iptables", machine) is { } iptables)
        {
            foreach (var rule in await ForwardRulesAsync(iptables, cancellationToken))
            {
                await iptables.RunAsync(["-w", "-D", .. rule.Split(' ')[1..]], "", cancellationToken);
            }
        }

        _forwarding.Restore(otherInstances);
    }

    private async Task MasqueradeAsync(IPNetwork pods, string overlay, CancellationToken cancellationToken)
    {
        if (HostCommand.Find("nft", machine) is not { } nft)
        {
            Log.NoMasquerade(logger);
            return;
        }

        // What this machine itself sends over the overlay comes from a pod address, so that the answer comes back over it.
        var script = $$"""
            add table ip {{bridge}}
            delete table ip {{bridge}}
            table ip {{bridge}} {
                chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    oifname "{{bridge}}" accept
                    ip saddr {{pods}} ip daddr {{pods}} accept
                    ip saddr {{pods}} ip daddr != 224.0.0.0/4 masquerade
                    oifname "{{overlay}}" ip saddr != {{pods}} masquerade
                }
            }
            """;
        var result = await nft.RunAsync(["-f", "-"], script + "\n", cancellationToken);
        if (result.ExitCode != 0)
        {
            Log.MasqueradeRefused(logger, result.Errors);
        }
    }

    /// <summary>
    /// Docker and many firewalls drop forwarded packets by default, bridged ones included where br_netfilter is loaded,
    /// and no table of ours can overrule that. Where such rules are, ours go before them; where there are none, nothing
    /// is touched.
    /// </summary>
    private async Task AcceptForwardedAsync(CancellationToken cancellationToken)
    {
        if (HostCommand.Find("iptables", machine) is not { } iptables)
        {
            return;
        }

        var chain = await iptables.RunAsync(["-w", "-S", "FORWARD"], "", cancellationToken);
        var rules = chain.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (chain.ExitCode != 0 || rules is ["-P FORWARD ACCEPT"])
        {
            return;
        }

        // Docker has rules of its own about a bridge of its own; they let nothing in from other nodes.
        foreach (var rule in OwnRules.Where(rule => !rules.Contains($"-A FORWARD {rule}")))
        {
            await iptables.RunAsync(["-w", "-I", "FORWARD", .. rule.Split(' ')], "", cancellationToken);
        }
    }

    private async Task<IEnumerable<string>> ForwardRulesAsync(HostCommand iptables, CancellationToken cancellationToken)
    {
        var chain = await iptables.RunAsync(["-w", "-S", "FORWARD"], "", cancellationToken);
        return chain.Output.Split('\n').Where(rule => OwnRules.Any(own => rule == $"-A FORWARD {own}"));
    }

    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Warning,
            "nft is not installed: pods reach each other, Services and this machine, but nothing beyond it; "
            + "install nftables and start again")]
        public static partial void NoMasquerade(ILogger logger);

        [LoggerMessage(5002, LogLevel.Warning, "nft refused the rules that let pods reach other machines: {Reason}")]
        public static partial void MasqueradeRefused(ILogger logger, string reason);

        [LoggerMessage(5003, LogLevel.Warning, "The packet filter could not be set up for {Bridge}")]
        public static partial void CannotOpen(ILogger logger, string bridge, Exception error);
    }
}
