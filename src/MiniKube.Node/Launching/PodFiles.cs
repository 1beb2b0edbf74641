using System.Net;
using System.Text;
using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// The files every container finds in <c>/etc</c>: hosts, hostname and resolv.conf.
/// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
/// </summary>
internal static class PodFiles
{
    private const string ResolvConfPath = "/etc/resolv.conf";
    private const string HostHosts = "/etc/hosts";

    // As many as resolvers of C libraries read.
    private const int NameserversMax = 3;

    /// <summary>Writes the files for the sandbox's address.</summary>
    public static void Write(V1Pod pod, PodDirectory directory, IPAddress? podIp, NodeOptions options)
    {
        Directory.CreateDirectory(directory.Root);
        File.WriteAllText(directory.Hostname, $"{SandboxSpecs.Of(pod, 0, options.NodeName).Hostname}\n");
        File.WriteAllText(directory.EtcHosts, pod.Spec.HostNetwork == true ? HostsOfNode(pod) : HostsOf(pod, podIp, options));
        var ofHost = File.Exists(options.ResolvConf) ? File.ReadAllText(options.ResolvConf) : "";
        File.WriteAllText(directory.ResolvConf, ResolvConfOf(pod, ofHost, options));
    }

    /// <summary>The mounts of the files; a container that mounts something there itself has its own way.</summary>
    public static IEnumerable<ContainerMount> MountsOf(V1Container container, PodDirectory directory)
    {
        (string HostPath, string Path)[] all =
        [
            (directory.EtcHosts, "/etc/hosts"),
            (directory.Hostname, "/etc/hostname"),
            (directory.ResolvConf, ResolvConfPath),
        ];
        var own = (container.VolumeMounts ?? []).Select(mount => mount.MountPath).ToHashSet(StringComparer.Ordinal);
        return all.Where(one => !own.Contains(one.Path)).Select(one => new ContainerMount(one.HostPath, one.Path, ReadOnly: false));
    }

    public static string HostsOf(V1Pod pod, IPAddress? podIp, NodeOptions options)
    {
        var text = new StringBuilder("# Kubernetes-managed hosts file.\n");
        text.Append("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        text.Append("fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n");
        var hostname = SandboxSpecs.HostnameOf(pod);
        var address = podIp ?? options.NodeIp;
        var names = pod.Spec.Subdomain is { Length: > 0 } subdomain
            ? $"{hostname}.{subdomain}.{pod.Metadata.NamespaceProperty}.svc.{options.ClusterDomain}\t{hostname}"
            : hostname;
        text.Append(address).Append('\t').Append(names).Append('\n');
        return text + AliasesOf(pod);
    }

    public static string ResolvConfOf(V1Pod pod, string ofHost, NodeOptions options)
    {
        var dns = DnsOf(pod, ofHost, options);
        if (pod.Spec.DnsConfig is { } more)
        {
            dns = dns with
            {
                Nameservers = [.. (more.Nameservers ?? []).Concat(dns.Nameservers).Distinct().Take(NameserversMax)],
                Searches = [.. dns.Searches.Concat(more.Searches ?? []).Distinct()],
                Options = [.. dns.Options, .. (more.Options ?? []).Select(one => one.Value is null ? one.Name : $"{one.Name}:{one.Value}")],
            };
        }

        var lines = dns.Nameservers.Select(server => $"nameserver {server}").ToList();
        lines.AddRange(dns.Searches.Count > 0 ? [$"search {string.Join(' ', dns.Searches)}"] : []);
        lines.AddRange(dns.Options.Count > 0 ? [$"options {string.Join(' ', dns.Options)}"] : []);
        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static string HostsOfNode(V1Pod pod)
        => (File.Exists(HostHosts) ? File.ReadAllText(HostHosts) : "") + AliasesOf(pod);

    private static string AliasesOf(V1Pod pod)
    {
        if (pod.Spec.HostAliases is not { Count: > 0 } aliases)
        {
            return "";
        }

        var lines = aliases.Select(alias => $"{alias.Ip}\t{string.Join('\t', alias.Hostnames ?? [])}\n");
        return "\n# Entries added by HostAliases.\n" + string.Concat(lines);
    }

    private static ResolvConf DnsOf(V1Pod pod, string ofHost, NodeOptions options)
    {
        var host = ResolvConf.Parse(ofHost);
        var wantsCluster = pod.Spec.DnsPolicy switch
        {
            "None" => (bool?)null,
            "Default" => false,
            "ClusterFirstWithHostNet" => true,
            _ => pod.Spec.HostNetwork != true,
        };
        if (wantsCluster is null)
        {
            return new ResolvConf([], [], []);
        }

        if (wantsCluster == false || options.ClusterDns is null)
        {
            return host;
        }

        var domain = options.ClusterDomain;
        string[] searches = [$"{pod.Metadata.NamespaceProperty}.svc.{domain}", $"svc.{domain}", domain, .. host.Searches];
        return new ResolvConf([options.ClusterDns.ToString()], searches, ["ndots:5"]);
    }
}
