using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Ports of a service: named when there are several, no two the same.</summary>
internal static class ServicePortRules
{
    public static void Validate(V1ServiceSpec spec, FieldErrors errors)
    {
        var ports = spec.Ports ?? [];
        if (ports.Count == 0 && spec.Type != "ExternalName" && spec.ClusterIP != "None")
        {
            errors.Required("spec.ports");
        }

        var names = new HashSet<string>();
        var numbers = new HashSet<(int, string?)>();
        for (var index = 0; index < ports.Count; index++)
        {
            var (port, path) = (ports[index], $"spec.ports[{index}]");
            ValidateName(port.Name, ports.Count > 1, path, names, errors);
            errors.Invalid($"{path}.port", port.Port, Names.CheckPortNumber(port.Port));
            errors.OneOf($"{path}.protocol", port.Protocol, "SCTP", "TCP", "UDP");
            ProbeRules.ValidatePort(port.TargetPort, $"{path}.targetPort", errors);
            if (!string.IsNullOrEmpty(port.AppProtocol))
            {
                errors.Invalid($"{path}.appProtocol", port.AppProtocol, Names.CheckQualifiedName(port.AppProtocol));
            }

            if (!numbers.Add((port.Port, port.Protocol)))
            {
                errors.Duplicate(path, $"{port.Port}/{port.Protocol}");
            }
        }

        ValidateNodePorts(spec, ports, errors);
    }

    private static void ValidateName(string? name, bool needed, string path, HashSet<string> names, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(name))
        {
            if (needed)
            {
                errors.Required($"{path}.name");
            }

            return;
        }

        errors.Invalid($"{path}.name", name, Names.CheckDnsLabel(name));
        if (!names.Add(name))
        {
            errors.Duplicate($"{path}.name", name);
        }
    }

    private static void ValidateNodePorts(V1ServiceSpec spec, IList<V1ServicePort> ports, FieldErrors errors)
    {
        var taken = new HashSet<(int, string?)>();
        for (var index = 0; index < ports.Count; index++)
        {
            if (ports[index].NodePort is not > 0 and not < 0)
            {
                continue;
            }

            var path = $"spec.ports[{index}].nodePort";
            if (spec.Type == "ClusterIP")
            {
                errors.Forbidden(path, "may not be used when `type` is 'ClusterIP'");
            }

            if (!taken.Add((ports[index].NodePort!.Value, ports[index].Protocol)))
            {
                errors.Duplicate(path, ports[index].NodePort);
            }
        }
    }
}
