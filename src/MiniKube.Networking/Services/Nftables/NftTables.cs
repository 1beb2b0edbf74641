namespace MiniKube.Networking;

/// <summary>
/// The two tables of an instance: <c>ip NAME-svc</c> with everything about Services, and <c>bridge NAME-svc</c>, which
/// lifts frames between pods up to where the first one can see them.
/// </summary>
internal static class NftTables
{
    public static string NameOf(string bridge) => $"{bridge}-svc";

    /// <summary>
    /// The empty table, in place of whatever there was. A packet meets at most a handful of rules, however many
    /// Services there are: all that differs by Service is in maps.
    /// </summary>
    /// <remarks>
    /// Ours go just before the usual priorities (numbers: not every hook has names for them), so that another program's
    /// rules for the same packets do not hide them. There are no marks: which connections to masquerade follows from
    /// what they asked for (<c>ct original</c>), so
    /// nothing can be confused with marks of other programs. The rejection of a refused way in is in the filter hooks,
    /// because the nat chains see only the first packet of a connection and only to translate it.
    /// </remarks>
    public static string Base(ServiceProxyOptions options)
    {
        var table = NameOf(options.BridgeName);
        return $$"""
            add table ip {{table}}
            delete table ip {{table}}
            table ip {{table}} {
                map addresses { type ipv4_addr . inet_proto . inet_service : verdict; }
                map ports { type inet_proto . inet_service : verdict; }
                {{Endpoints("tcp")}}
                {{Endpoints("udp")}}
                {{Endpoints("sctp")}}
                map guarded { type ipv4_addr . inet_proto . inet_service : verdict; }
                map refused { type ipv4_addr . inet_proto . inet_service : verdict; }
                map refused-ports { type inet_proto . inet_service : verdict; }
                set masqueraded { type ipv4_addr . inet_proto . inet_service; }
                set masqueraded-ports { type inet_proto . inet_service; }
                set own-pods { type ipv4_addr . ipv4_addr; }

                chain services {
                    ip daddr . meta l4proto . th dport vmap @addresses
                    ip daddr != {{options.ServiceCidr}} fib daddr type local meta l4proto . th dport vmap @ports
                }
                chain refuse {
                    meta l4proto tcp reject with tcp reset
                    reject with icmp type port-unreachable
                }
                chain unserved {
                    ip daddr . meta l4proto . th dport vmap @refused
                    ip daddr != {{options.ServiceCidr}} fib daddr type local meta l4proto . th dport vmap @refused-ports
                }
                chain translated {
                    ip saddr . ip daddr @own-pods masquerade
                    ip saddr 127.0.0.0/8 ip daddr != 127.0.0.0/8 masquerade
                    ct original ip daddr {{options.ServiceCidr}} ip saddr != {{options.ClusterCidr}} masquerade
                    ct original ip daddr {{options.ServiceCidr}} return
                    {{MasqueradeExternal("tcp")}}
                    {{MasqueradeExternal("udp")}}
                    {{MasqueradeExternal("sctp")}}
                }

                chain raw-prerouting {
                    type filter hook prerouting priority -300; policy accept;
                    iifname "{{options.BridgeName}}" ip daddr 127.0.0.0/8 drop
                }
                chain guard-prerouting {
                    type filter hook prerouting priority -110; policy accept;
                    ip daddr . meta l4proto . th dport vmap @guarded
                }
                chain guard-output {
                    type filter hook output priority -110; policy accept;
                    ip daddr . meta l4proto . th dport vmap @guarded
                }
                chain prerouting {
                    type nat hook prerouting priority -101; policy accept;
                    jump services
                }
                chain output {
                    type nat hook output priority -101; policy accept;
                    jump services
                }
                chain postrouting {
                    type nat hook postrouting priority 99; policy accept;
                    ct status dnat jump translated
                }
                chain filter-input {
                    type filter hook input priority -1; policy accept;
                    jump unserved
                }
                chain filter-forward {
                    type filter hook forward priority -1; policy accept;
                    jump unserved
                }
                chain filter-output {
                    type filter hook output priority -1; policy accept;
                    oifname "{{options.BridgeName}}" icmp type redirect drop
                    jump unserved
                }
            }

            """;
    }

    /// <summary>
    /// Endpoints by number. One map per protocol: nft has a value's port be one of a certain protocol, and lets only
    /// packets of that to the map.
    /// </summary>
    private static string Endpoints(string protocol)
        => $"map endpoints-{protocol} {{ typeof ip daddr . meta l4proto . th dport . numgen random mod 65536 "
            + $": ip daddr . {protocol} dport; }}\n"
            + $"map port-endpoints-{protocol} {{ typeof meta l4proto . th dport . numgen random mod 65536 "
            + $": ip daddr . {protocol} dport; }}";

    /// <summary>
    /// The Service's address is the destination the client asked for. nft knows what a port of the connection tracking
    /// means only after the protocol was named.
    /// </summary>
    private static string MasqueradeExternal(string protocol)
        => $"meta l4proto {protocol} ct original ip daddr . meta l4proto . ct original proto-dst @masqueraded masquerade\n"
            + $"meta l4proto {protocol} meta l4proto . ct original proto-dst @masqueraded-ports masquerade";

    /// <summary>
    /// A pod's answer to another pod of its bridge would go there directly, past the translation that the request had.
    /// So frames between pods are given to the node, which forwards them. (The bridge is told by the pods' network and
    /// not by <c>meta ibrname</c>, which many kernels lack. Where br_netfilter shows bridged packets to the translation,
    /// this does no harm.)
    /// </summary>
    public static string Bridge(string bridge, PodBridge pods)
    {
        var table = NameOf(bridge);
        return $$"""
            add table bridge {{table}}
            delete table bridge {{table}}
            table bridge {{table}} {
                chain prerouting {
                    type filter hook prerouting priority -300; policy accept;
                    ip saddr {{pods.Pods}} ip daddr {{pods.Pods}} meta pkttype other jump lift
                }
                chain lift {
                    ether daddr set {{pods.HardwareAddress}}
                    meta pkttype set host
                }
            }

            """;
    }

    /// <summary>Removes both tables if they are there; nothing to do on a machine without <c>nft</c>.</summary>
    public static async Task RemoveAsync(string bridge, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || HostCommand.Find("nft") is not { } nft)
        {
            return;
        }

        foreach (var family in (string[])["ip", "bridge"])
        {
            // Adding first makes the deletion right whether or not the table is there.
            var table = $"{family} {NameOf(bridge)}";
            await nft.RunAsync(["-f", "-"], $"add table {table}\ndelete table {table}\n", cancellationToken);
        }

        await ForwardedServices.RefuseAsync(bridge, cancellationToken);
    }
}
