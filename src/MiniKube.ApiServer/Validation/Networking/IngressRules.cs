using System.Net;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Ingresses. https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/</summary>
internal static class IngressRules
{
    private static readonly string[] BadSequences = ["//", "/./", "/../", "%2f", "%2F"];
    private static readonly string[] BadEnds = ["/..", "/."];

    public static void Validate(V1Ingress ingress, FieldErrors errors)
    {
        var spec = ingress.Spec;
        if (spec.Rules is not { Count: > 0 } && spec.DefaultBackend is null)
        {
            errors.Invalid("spec", null, "either `defaultBackend` or `rules` must be specified");
        }

        ValidateClass(ingress, errors);
        ValidateBackend(spec.DefaultBackend, "spec.defaultBackend", errors);
        for (var index = 0; index < (spec.Rules?.Count ?? 0); index++)
        {
            ValidateRule(spec.Rules![index], $"spec.rules[{index}]", errors);
        }

        for (var index = 0; index < (spec.Tls?.Count ?? 0); index++)
        {
            ValidateTls(spec.Tls![index], $"spec.tls[{index}]", errors);
        }
    }

    private static void ValidateClass(V1Ingress ingress, FieldErrors errors)
    {
        var name = ingress.Spec.IngressClassName;
        if (name is null)
        {
            return;
        }

        errors.Invalid("spec.ingressClassName", name, Names.CheckDnsSubdomain(name));
        if (ingress.Metadata.Annotations?.TryGetValue(IngressResource.ClassAnnotation, out var annotated) == true)
        {
            errors.Invalid(
                $"annotations.{IngressResource.ClassAnnotation}", annotated, "can not be set when the class field is also set");
        }
    }

    private static void ValidateRule(V1IngressRule rule, string path, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(rule.Host))
        {
            if (IPAddress.TryParse(rule.Host, out _))
            {
                errors.Invalid($"{path}.host", rule.Host, "must be a DNS name, not an IP address");
            }

            ValidateHost(rule.Host, $"{path}.host", errors);
        }

        if (rule.Http is null)
        {
            return;
        }

        if (rule.Http.Paths is not { Count: > 0 })
        {
            errors.Required($"{path}.http.paths");
        }

        for (var index = 0; index < (rule.Http.Paths?.Count ?? 0); index++)
        {
            ValidatePath(rule.Http.Paths![index], $"{path}.http.paths[{index}]", errors);
        }
    }

    private static void ValidateHost(string host, string path, FieldErrors errors)
        => errors.Invalid(path, host, host.Contains('*', StringComparison.Ordinal)
            ? Names.CheckWildcardSubdomain(host)
            : Names.CheckDnsSubdomain(host));

    private static void ValidatePath(V1HTTPIngressPath item, string path, FieldErrors errors)
    {
        switch (item.PathType)
        {
            case null or "":
                errors.Required($"{path}.pathType", "pathType must be specified");
                break;
            case "Exact" or "Prefix":
                ValidateLiteral(item.Path ?? "", $"{path}.path", errors);
                break;
            case "ImplementationSpecific":
                if (item.Path is { Length: > 0 } && !item.Path.StartsWith('/'))
                {
                    errors.Invalid($"{path}.path", item.Path, "must be an absolute path");
                }

                break;
            default:
                errors.NotSupported($"{path}.pathType", item.PathType, ["Exact", "ImplementationSpecific", "Prefix"]);
                break;
        }

        if (item.Backend is null)
        {
            errors.Required($"{path}.backend");
        }

        ValidateBackend(item.Backend, $"{path}.backend", errors);
    }

    private static void ValidateLiteral(string text, string path, FieldErrors errors)
    {
        if (!text.StartsWith('/'))
        {
            errors.Invalid(path, text, "must be an absolute path");
        }

        foreach (var bad in BadSequences.Where(bad => text.Contains(bad, StringComparison.Ordinal)))
        {
            errors.Invalid(path, text, $"must not contain '{bad}'");
        }

        foreach (var bad in BadEnds.Where(bad => text.EndsWith(bad, StringComparison.Ordinal)))
        {
            errors.Invalid(path, text, $"cannot end with '{bad}'");
        }
    }

    private static void ValidateBackend(V1IngressBackend? backend, string path, FieldErrors errors)
    {
        switch (backend)
        {
            case null:
                break;
            case { Service: not null, Resource: not null }:
                errors.Invalid(path, "", "cannot set both resource and service backends");
                break;
            case { Resource: { } resource }:
                errors.Required($"{path}.resource.kind", resource.Kind, "");
                errors.Required($"{path}.resource.name", resource.Name, "");
                break;
            case { Service: { } service }:
                ValidateService(service, $"{path}.service", errors);
                break;
            default:
                errors.Required(path, "resource or service backend is required");
                break;
        }
    }

    private static void ValidateService(V1IngressServiceBackend service, string path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(service.Name))
        {
            errors.Required($"{path}.name");
        }
        else
        {
            errors.Invalid($"{path}.name", service.Name, Names.CheckDns1035Label(service.Name));
        }

        var (name, number) = (service.Port?.Name ?? "", service.Port?.Number ?? 0);
        if (name.Length > 0 && number != 0)
        {
            errors.Invalid(path, "", "cannot set both port name & port number");
        }
        else if (name.Length > 0)
        {
            errors.Invalid($"{path}.port.name", name, Names.CheckPortName(name));
        }
        else if (number != 0)
        {
            errors.Invalid($"{path}.port.number", number, Names.CheckPortNumber(number));
        }
        else
        {
            errors.Required(path, "port name or number is required");
        }
    }

    private static void ValidateTls(V1IngressTLS tls, string path, FieldErrors errors)
    {
        for (var index = 0; index < (tls.Hosts?.Count ?? 0); index++)
        {
            ValidateHost(tls.Hosts![index], $"{path}.hosts[{index}]", errors);
        }

        if (!string.IsNullOrEmpty(tls.SecretName))
        {
            errors.Invalid($"{path}.secretName", tls.SecretName, Names.CheckDnsSubdomain(tls.SecretName));
        }
    }
}
