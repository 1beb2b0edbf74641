using System.Globalization;
using System.Net;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>
/// The variables that tell a container where the services of its namespace are, and where the API is.
/// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
/// </summary>
internal static class ServiceEnvironment
{
    private const string ApiServiceName = "kubernetes";
    private const string ApiServiceNamespace = "default";

    /// <summary>
    /// Name and value pairs. With links: every service of the namespace that has an address. The API service comes always; one of
    /// its name in the pod's own namespace wins.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<V1Service> services, string podNamespace, bool links)
    {
        var chosen = new Dictionary<string, V1Service>(StringComparer.Ordinal);
        foreach (var service in services.Where(HasAddress))
        {
            var isApi = service.Metadata.Name == ApiServiceName && service.Metadata.NamespaceProperty == ApiServiceNamespace;
            if (links && service.Metadata.NamespaceProperty == podNamespace)
            {
                chosen[service.Metadata.Name] = service;
            }
            else if (isApi)
            {
                chosen.TryAdd(service.Metadata.Name, service);
            }
        }

        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var service in chosen.Values.OrderBy(service => service.Metadata.Name, StringComparer.Ordinal))
        {
            Add(variables, service);
        }

        return variables;
    }

    private static bool HasAddress(V1Service service)
        => IPAddress.TryParse(service.Spec.ClusterIP, out _) && service.Spec.Ports is { Count: > 0 };

    private static void Add(Dictionary<string, string> variables, V1Service service)
    {
        var prefix = service.Metadata.Name.ToUpperInvariant().Replace('-', '_');
        var address = service.Spec.ClusterIP;
        variables[$"{prefix}_SERVICE_HOST"] = address;
        variables[$"{prefix}_SERVICE_PORT"] = Text(service.Spec.Ports[0].Port);
        foreach (var port in service.Spec.Ports.Where(port => !string.IsNullOrEmpty(port.Name)))
        {
            variables[$"{prefix}_SERVICE_PORT_{port.Name.ToUpperInvariant().Replace('-', '_')}"] = Text(port.Port);
        }

        AddLinks(variables, prefix, address, service.Spec.Ports);
    }

    // The form of Docker's links, which old programs still read.
    private static void AddLinks(Dictionary<string, string> variables, string prefix, string address, IList<V1ServicePort> ports)
    {
        foreach (var port in ports)
        {
            var protocol = (port.Protocol ?? "TCP").ToUpperInvariant();
            var lower = protocol.ToLowerInvariant();
            var link = $"{prefix}_PORT_{Text(port.Port)}_{protocol}";
            variables.TryAdd($"{prefix}_PORT", $"{lower}://{address}:{Text(port.Port)}");
            variables[link] = $"{lower}://{address}:{Text(port.Port)}";
            variables[$"{link}_PROTO"] = lower;
            variables[$"{link}_PORT"] = Text(port.Port);
            variables[$"{link}_ADDR"] = address;
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
