namespace MiniKube.Networking;

/// <summary>
/// Docker drops what other machines send to its bridges, unless it published the port itself, and no table of ours can
/// overrule that. Where its rules are, one of ours goes before them: what was translated for a Service may pass.
/// </summary>
internal static class ForwardedServices
{
    public static async Task AcceptAsync(string bridge, CancellationToken cancellationToken)
    {
        if (HostCommand.Find("iptables") is not { } iptables)
        {
            return;
        }

        var chain = await iptables.RunAsync(["-w", "-S", "FORWARD"], "", cancellationToken);
        var isFiltered = chain.ExitCode == 0 && chain.Output.Trim() is not ("" or "-P FORWARD ACCEPT");
        if (isFiltered && (await iptables.RunAsync(["-w", "-C", .. Rule(bridge)], "", cancellationToken)).ExitCode != 0)
        {
            await iptables.RunAsync(["-w", "-I", .. Rule(bridge)], "", cancellationToken);
        }
    }

    public static async Task RefuseAsync(string bridge, CancellationToken cancellationToken)
    {
        if (HostCommand.Find("iptables") is { } iptables)
        {
            await iptables.RunAsync(["-w", "-D", .. Rule(bridge)], "", cancellationToken);
        }
    }

    private static string[] Rule(string bridge)
        => ["FORWARD", "-o", bridge, "-m", "conntrack", "--ctstate", "DNAT", "-j", "ACCEPT"];
}
