using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Endpoints.</summary>
internal static class EndpointsRules
{
    public static void Validate(V1Endpoints endpoints, FieldErrors errors)
    {
        var subsets = endpoints.Subsets ?? [];
        for (var index = 0; index < subsets.Count; index++)
        {
            ValidateSubset(subsets[index], $"subsets[{index}]", errors);
        }
    }

    private static void ValidateSubset(V1EndpointSubset subset, string path, FieldErrors errors)
    {
        var (ready, waiting) = (subset.Addresses ?? [], subset.NotReadyAddresses ?? []);
        if (ready.Count == 0 && waiting.Count == 0)
        {
            errors.Required(path, "must specify `addresses` or `notReadyAddresses`");
        }

        ValidateAddresses(ready, $"{path}.addresses", errors);
        ValidateAddresses(waiting, $"{path}.notReadyAddresses", errors);
        var ports = subset.Ports ?? [];
        for (var index = 0; index < ports.Count; index++)
        {
            ValidatePort(ports[index], ports.Count > 1, $"{path}.ports[{index}]", errors);
        }
    }

    private static void ValidateAddresses(IList<V1EndpointAddress> addresses, string path, FieldErrors errors)
    {
        for (var index = 0; index < addresses.Count; index++)
        {
            AddressRules.ValidateReachable(addresses[index].Ip, $"{path}[{index}].ip", errors);
            if (!string.IsNullOrEmpty(addresses[index].Hostname))
            {
                errors.Invalid($"{path}[{index}].hostname", addresses[index].Hostname, Names.CheckDnsLabel(addresses[index].Hostname));
            }
        }
    }

    private static void ValidatePort(Corev1EndpointPort port, bool nameNeeded, string path, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(port.Name))
        {
            errors.Invalid($"{path}.name", port.Name, Names.CheckDnsLabel(port.Name));
        }
        else if (nameNeeded)
        {
            errors.Required($"{path}.name");
        }

        errors.Invalid($"{path}.port", port.Port, Names.CheckPortNumber(port.Port));
        errors.OneOf($"{path}.protocol", port.Protocol, "SCTP", "TCP", "UDP");
    }
}
