using System.Globalization;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>Where a probe or hook goes: its own host or the pod's address, its port by number or by the container's port name.</summary>
internal static class ProbeAddress
{
    public static string EndPointOf(string? host, IntOrString port, ProbeTarget target)
        => $"{HostOf(host, target)}:{PortOf(port, target.Container)}";

    public static Uri UrlOf(V1HTTPGetAction get, ProbeTarget target)
    {
        var scheme = (get.Scheme ?? "HTTP").ToLowerInvariant();
        var path = get.Path is { Length: > 0 } given ? given : "/";
        var slash = path.StartsWith('/') ? "" : "/";
        return new Uri($"{scheme}://{EndPointOf(get.Host, get.Port, target)}{slash}{path}");
    }

    public static string HostOf(string? host, ProbeTarget target)
    {
        var name = host is { Length: > 0 } ? host : target.Address.ToString();
        return name.Contains(':', StringComparison.Ordinal) ? $"[{name}]" : name;
    }

    /// <summary>The port's number; 0, which nothing listens on, for a name the container does not have.</summary>
    public static int PortOf(IntOrString port, V1Container container)
        => int.TryParse(port.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : container.Ports?.FirstOrDefault(one => one.Name == port.Value)?.ContainerPort ?? 0;
}
