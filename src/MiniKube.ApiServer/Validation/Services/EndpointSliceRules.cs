using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Endpoint slices.</summary>
internal static class EndpointSliceRules
{
    private const int EndpointsMax = 1000;
    private const int AddressesMax = 100;

    public static void Validate(V1EndpointSlice slice, FieldErrors errors)
    {
        errors.OneOf("addressType", slice.AddressType, "FQDN", "IPv4", "IPv6");
        var endpoints = slice.Endpoints ?? [];
        errors.AtMost("endpoints", endpoints.Count, EndpointsMax);

        for (var index = 0; index < endpoints.Count; index++)
        {
            ValidateEndpoint(endpoints[index], slice.AddressType, $"endpoints[{index}]", errors);
        }

        ValidatePorts(slice.Ports ?? [], errors);
    }

    public static void ValidateUpdate(V1EndpointSlice slice, V1EndpointSlice old, FieldErrors errors)
    {
        if (slice.AddressType != old.AddressType)
        {
            errors.Invalid("addressType", slice.AddressType, "field is immutable");
        }
    }

    private static void ValidateEndpoint(V1Endpoint endpoint, string? type, string path, FieldErrors errors)
    {
        var addresses = endpoint.Addresses ?? [];
        if (addresses.Count == 0)
        {
            errors.Required($"{path}.addresses", "must contain at least 1 address");
        }

        errors.AtMost($"{path}.addresses", addresses.Count, AddressesMax);

        for (var index = 0; index < addresses.Count; index++)
        {
            ValidateAddress(addresses[index], type, $"{path}.addresses[{index}]", errors);
        }

        if (!string.IsNullOrEmpty(endpoint.Hostname))
        {
            errors.Invalid($"{path}.hostname", endpoint.Hostname, Names.CheckDnsLabel(endpoint.Hostname));
        }
    }

    private static void ValidateAddress(string address, string? type, string path, FieldErrors errors)
    {
        if (type == "FQDN")
        {
            errors.Invalid(path, address, Names.CheckDnsSubdomain(address.TrimEnd('.')));
            return;
        }

        AddressRules.ValidateReachable(address, path, errors);
        if (type is "IPv4" or "IPv6" && (type == "IPv6") != address.Contains(':', StringComparison.Ordinal))
        {
            errors.Invalid(path, address, $"must be an {type} address");
        }
    }

    private static void ValidatePorts(IList<Discoveryv1EndpointPort> ports, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var index = 0; index < ports.Count; index++)
        {
            var (port, path) = (ports[index], $"ports[{index}]");
            if (!string.IsNullOrEmpty(port.Name))
            {
                errors.Invalid($"{path}.name", port.Name, Names.CheckDnsLabel(port.Name));
            }

            if (!names.Add(port.Name ?? ""))
            {
                errors.Duplicate($"{path}.name", port.Name ?? "");
            }

            if (port.Port is { } number)
            {
                errors.Invalid($"{path}.port", number, Names.CheckPortNumber(number));
            }

            errors.OneOf($"{path}.protocol", port.Protocol, "SCTP", "TCP", "UDP");
        }
    }
}
