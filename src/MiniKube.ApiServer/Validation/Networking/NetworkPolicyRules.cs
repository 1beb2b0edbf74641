using System.Globalization;
using System.Net;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>NetworkPolicies. https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/</summary>
internal static class NetworkPolicyRules
{
    public static void Validate(V1NetworkPolicySpec spec, FieldErrors errors)
    {
        SelectorRules.Validate(spec.PodSelector, "spec.podSelector", errors);
        for (var index = 0; index < (spec.Ingress?.Count ?? 0); index++)
        {
            var (rule, path) = (spec.Ingress![index], $"spec.ingress[{index}]");
            ValidatePorts(rule.Ports, $"{path}.ports", errors);
            ValidatePeers(rule.FromProperty, $"{path}.from", errors);
        }

        for (var index = 0; index < (spec.Egress?.Count ?? 0); index++)
        {
            var (rule, path) = (spec.Egress![index], $"spec.egress[{index}]");
            ValidatePorts(rule.Ports, $"{path}.ports", errors);
            ValidatePeers(rule.To, $"{path}.to", errors);
        }

        ValidateTypes(spec.PolicyTypes ?? [], errors);
    }

    private static void ValidateTypes(IList<string> types, FieldErrors errors)
    {
        if (types.Count > 2)
        {
            errors.Invalid("spec.policyTypes", types, "may not specify more than two policyTypes");
            return;
        }

        for (var index = 0; index < types.Count; index++)
        {
            if (types[index] is not ("Ingress" or "Egress"))
            {
                errors.NotSupported($"spec.policyTypes[{index}]", types[index], ["Egress", "Ingress"]);
            }
        }
    }

    private static void ValidatePorts(IList<V1NetworkPolicyPort>? ports, string path, FieldErrors errors)
    {
        for (var index = 0; index < (ports?.Count ?? 0); index++)
        {
            ValidatePort(ports![index], $"{path}[{index}]", errors);
        }
    }

    private static void ValidatePort(V1NetworkPolicyPort port, string path, FieldErrors errors)
    {
        errors.OneOf($"{path}.protocol", port.Protocol, "SCTP", "TCP", "UDP");
        if (port.Port is null)
        {
            if (port.EndPort is not null)
            {
                errors.Invalid($"{path}.endPort", port.EndPort, "must not be specified when `port` is not specified");
            }

            return;
        }

        if (!int.TryParse(port.Port.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            errors.Invalid($"{path}.port", port.Port.Value, Names.CheckPortName(port.Port.Value));
            if (port.EndPort is not null)
            {
                errors.Invalid($"{path}.endPort", port.EndPort, "must not be specified when `port` is non-numeric");
            }

            return;
        }

        errors.Invalid($"{path}.port", number, Names.CheckPortNumber(number));
        if (port.EndPort is not { } end)
        {
            return;
        }

        errors.Invalid($"{path}.endPort", end, Names.CheckPortNumber(end));
        if (end < number)
        {
            errors.Invalid($"{path}.endPort", number, "must be greater than or equal to `port`");
        }
    }

    private static void ValidatePeers(IList<V1NetworkPolicyPeer>? peers, string path, FieldErrors errors)
    {
        for (var index = 0; index < (peers?.Count ?? 0); index++)
        {
            ValidatePeer(peers![index], $"{path}[{index}]", errors);
        }
    }

    private static void ValidatePeer(V1NetworkPolicyPeer peer, string path, FieldErrors errors)
    {
        SelectorRules.Validate(peer.PodSelector, $"{path}.podSelector", errors);
        SelectorRules.Validate(peer.NamespaceSelector, $"{path}.namespaceSelector", errors);
        if (peer is { PodSelector: null, NamespaceSelector: null, IpBlock: null })
        {
            errors.Required(path, "must specify a peer");
        }
        else if (peer.IpBlock is not null && (peer.PodSelector is not null || peer.NamespaceSelector is not null))
        {
            errors.Forbidden(path, "may not specify both ipBlock and another peer");
        }

        if (peer.IpBlock is not null)
        {
            ValidateBlock(peer.IpBlock, $"{path}.ipBlock", errors);
        }
    }

    private static void ValidateBlock(V1IPBlock block, string path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(block.Cidr))
        {
            errors.Required($"{path}.cidr");
            return;
        }

        errors.Invalid($"{path}.cidr", block.Cidr, Names.CheckCidr(block.Cidr));
        for (var index = 0; index < (block.Except?.Count ?? 0); index++)
        {
            var except = block.Except![index];
            errors.Invalid($"{path}.except[{index}]", except, Names.CheckCidr(except));
            if (Network(block.Cidr) is { } outer && Network(except) is { } inner
                && (inner.PrefixLength <= outer.PrefixLength || !outer.Contains(inner.BaseAddress)))
            {
                errors.Invalid($"{path}.except[{index}]", except, "must be a strict subset of `cidr`");
            }
        }
    }

    // A host's address with a prefix is read as the network it lies in.
    private static IPNetwork? Network(string cidr)
    {
        if (Names.CheckCidr(cidr).Count > 0)
        {
            return null;
        }

        var slash = cidr.IndexOf('/', StringComparison.Ordinal);
        var length = int.Parse(cidr.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        var bytes = IPAddress.Parse(cidr[..slash]).GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }
}
