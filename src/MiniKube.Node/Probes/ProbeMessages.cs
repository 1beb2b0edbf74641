using k8s.Models;

namespace MiniKube.Node;

/// <summary>The kubelet's words for probes that ran out of time.</summary>
internal static class ProbeMessages
{
    public static string TimedOut(V1Probe probe, ProbeTarget target, TimeSpan patience)
    {
        if (probe.Exec is { } exec)
        {
            return $"command timed out: \"{string.Join(' ', exec.Command)}\" timed out after {GoDuration.Of(patience)}";
        }

        if (probe.HttpGet is { } get)
        {
            return $"Get \"{ProbeAddress.UrlOf(get, target)}\": context deadline exceeded "
                + "(Client.Timeout exceeded while awaiting headers)";
        }

        return probe.TcpSocket is { } tcp
            ? $"dial tcp {ProbeAddress.EndPointOf(tcp.Host, tcp.Port, target)}: i/o timeout"
            : $"timeout: health rpc did not complete within {GoDuration.Of(patience)}";
    }
}
