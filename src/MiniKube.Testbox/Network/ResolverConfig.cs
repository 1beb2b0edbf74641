using System.Net;

namespace MiniKube.Testbox;

/// <summary>What /etc/resolv.conf says (resolv.conf(5)).</summary>
internal sealed record ResolverConfig(List<IPAddress> Servers, string[] Search, int Dots)
{
    public static ResolverConfig Read()
    {
        var config = new ResolverConfig([], [], Dots: 1);
        if (!File.Exists("/etc/resolv.conf"))
        {
            return config;
        }

        foreach (var line in File.ReadLines("/etc/resolv.conf"))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var server, ..] && IPAddress.TryParse(server, out var address))
            {
                config.Servers.Add(address);
            }
            else if (words is ["search" or "domain", .. var domains])
            {
                config = config with { Search = domains };
            }
            else if (words is ["options", .. var options])
            {
                config = config with { Dots = DotsOf(options) ?? config.Dots };
            }
        }

        return config;
    }

    /// <summary>The full names to ask for, in order.</summary>
    public IEnumerable<string> Candidates(string host)
    {
        if (host.EndsWith('.'))
        {
            return [host];
        }

        var searched = Array.ConvertAll(Search, domain => $"{host}.{domain}");
        return host.AsSpan().Count('.') >= Dots ? [host, .. searched] : [.. searched, host];
    }

    private static int? DotsOf(string[] options)
    {
        var found = Array.Find(options, static option => option.StartsWith("ndots:", StringComparison.Ordinal));
        return found is not null && int.TryParse(found.AsSpan(6), out var dots) ? dots : null;
    }
}
