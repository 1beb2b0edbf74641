using System.Net;
using System.Net.Sockets;

namespace MiniKube.Testbox;

/// <summary>
/// Finds addresses without a C library: /etc/hosts, then DNS, then the variables <c>{NAME}_SERVICE_HOST</c> Kubernetes gives every
/// container, which also work in a cluster without DNS.
/// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
/// </summary>
internal sealed class HostNames(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // With a variable to fall back on, silence of the name server must not hold up the caller.
    private static readonly TimeSpan PatienceWithFallback = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<string, (IPAddress Address, long Found)> _found = [];

    /// <summary>The address of <paramref name="host"/>; remembered for a few seconds.</summary>
    /// <exception cref="IOException">Nobody knows the name.</exception>
    public async Task<IPAddress> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return literal;
        }

        lock (_found)
        {
            if (_found.TryGetValue(host, out var known) && time.GetElapsedTime(known.Found).TotalSeconds < 5)
            {
                return known.Address;
            }
        }

        var address = FromHostsFile(host) ?? await FromNetworkAsync(host, cancellationToken);
        lock (_found)
        {
            _found[host] = (address, time.GetTimestamp());
        }

        return address;
    }

    /// <summary>A connection to <c>host:port</c>, <c>host</c> being a name or an address.</summary>
    public async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var address = await ResolveAsync(host, cancellationToken);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Splits <c>host:port</c>.</summary>
    public static (string Host, int Port) SplitAddress(string address, int? defaultPort = null)
    {
        var colon = address.LastIndexOf(':');
        return colon > 0
            ? (address[..colon], Flags.ParseNumber(address[(colon + 1)..], "the port"))
            : (address, defaultPort ?? throw new UsageException($"'{address}' must be HOST:PORT"));
    }

    private async Task<IPAddress> FromNetworkAsync(string host, CancellationToken cancellationToken)
    {
        var fallback = FromServiceVariables(host);
        var dns = new DnsResolver(ResolverConfig.Read(), time, fallback is null ? Patience : PatienceWithFallback);
        var answers = await dns.LookUpAsync(host, cancellationToken);
        return answers is [var first, ..]
            ? first
            : fallback ?? throw new IOException($"no address for '{host}' in /etc/hosts, DNS or the service variables");
    }

    private static IPAddress? FromServiceVariables(string host)
    {
        var service = host.Split('.')[0].ToUpperInvariant().Replace('-', '_');
        return IPAddress.TryParse(Environment.GetEnvironmentVariable($"{service}_SERVICE_HOST"), out var address) ? address : null;
    }

    private static IPAddress? FromHostsFile(string host)
    {
        if (!File.Exists("/etc/hosts"))
        {
            return null;
        }

        foreach (var line in File.ReadLines("/etc/hosts"))
        {
            var words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words.AsSpan(1).Contains(host) && IPAddress.TryParse(words[0], out var address))
            {
                return address;
            }
        }

        return null;
    }
}
