using System.Net;
using System.Net.Sockets;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Addresses traffic is sent to.</summary>
internal static class AddressRules
{
    /// <summary>An address of one machine that others can reach.</summary>
    public static void ValidateReachable(string? text, string path, FieldErrors errors)
    {
        var problems = Names.CheckIPAddress(text ?? "");
        errors.Invalid(path, text ?? "", problems);
        if (problems.Count > 0)
        {
            return;
        }

        var address = IPAddress.Parse(text!);
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            errors.Invalid(path, text, $"may not be unspecified ({text})");
        }
        else if (IPAddress.IsLoopback(address))
        {
            errors.Invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }
        else if (IsLinkLocal(address))
        {
            errors.Invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }
        else if (IsLinkLocalMulticast(address))
        {
            errors.Invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }

    private static bool IsLinkLocal(IPAddress address)
        => address.AddressFamily == AddressFamily.InterNetworkV6
            ? address.IsIPv6LinkLocal
            : address.GetAddressBytes() is [169, 254, ..];

    private static bool IsLinkLocalMulticast(IPAddress address)
        => address.AddressFamily == AddressFamily.InterNetworkV6
            ? address.GetAddressBytes() is [0xff, 0x02, ..]
            : address.GetAddressBytes() is [224, 0, 0, _];
}
