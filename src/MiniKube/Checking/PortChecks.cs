using System.Globalization;
using MiniKube.ApiServer;

namespace MiniKube;

/// <summary>Which ports that a cluster wants are held by somebody else, as the kernel's tables say: nothing is opened.</summary>
/// <param name="machine">Where the tables are.</param>
/// <param name="httpsPort">The port of the API.</param>
/// <param name="nodePorts">The range of NodePort Services.</param>
/// <param name="isOurs">True when an instance runs in the data directory: it holds them itself.</param>
internal sealed class PortChecks(MachineRoot machine, int httpsPort, PortRange nodePorts, bool isOurs)
{
    private const string Listening = "0A"; // TCP_LISTEN in include/net/tcp_states.h.

    public IEnumerable<MachineFinding> Run()
    {
        var tcp = Ports("proc/net/tcp", Listening).Concat(Ports("proc/net/tcp6", Listening)).ToHashSet();
        var udp = Ports("proc/net/udp", null).Concat(Ports("proc/net/udp6", null)).ToHashSet();
        yield return Port(tcp, $"port {httpsPort}", httpsPort, isServer: true,
            "the server cannot listen there; choose another with --https-port, or end what holds it");
        yield return Port(tcp, "port 10250", 10_250, isServer: false,
            "logs, exec and metrics of this node go through the tunnel only; end what holds it");
        yield return Port(udp, "port 8472/udp", 8_472, isServer: false,
            "pods of other machines are not reached by VXLAN; end what holds it (another cluster?), or use --network-backend host-gw");
        yield return Port(tcp, "port 80", 80, isServer: false, "a LoadBalancer Service cannot use it on this node; end what holds it");
        yield return Port(tcp, "port 443", 443, isServer: false, "a LoadBalancer Service cannot use it on this node; end what holds it");
        yield return NodePorts(tcp);
    }

    private MachineFinding Port(HashSet<int> held, string name, int port, bool isServer, string cost)
    {
        if (!held.Contains(port))
        {
            return MachineFinding.Ok(name, "free");
        }

        if (isOurs)
        {
            return MachineFinding.Ok(name, "held, and an instance runs in this data directory");
        }

        return isServer ? MachineFinding.Blocking(name, "taken", cost) : MachineFinding.Lack(name, "taken", cost);
    }

    private MachineFinding NodePorts(HashSet<int> held)
    {
        const int shown = 5;
        int[] taken = [.. held.Where(port => port >= nodePorts.First && port <= nodePorts.Last).Order()];
        return taken.Length == 0 || isOurs
            ? MachineFinding.Ok("node ports", $"{nodePorts}, {taken.Length} of them held")
            : MachineFinding.Lack("node ports", $"{taken.Length} of {nodePorts} taken: {string.Join(", ", taken.Take(shown))}",
                "Services that get these ports are not reached on this node; choose another range with --node-port-range");
    }

    // "  0: 0100007F:1F90 00000000:0000 0A ...": number, local address, remote address, state.
    private IEnumerable<int> Ports(string table, string? state)
    {
        foreach (var line in machine.Lines(table).Skip(1))
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 3
                && (state is null || fields[3] == state)
                && int.TryParse(fields[1].Split(':')[^1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var port))
            {
                yield return port;
            }
        }
    }
}
