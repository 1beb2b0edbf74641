using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A container's environment.</summary>
internal static class EnvironmentRules
{
    private static readonly string[] Fields =
    [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
        "status.hostIPs", "status.podIP", "status.podIPs",
    ];

    private static readonly string[] Resources =
    [
        "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory",
    ];

    public static void Validate(V1Container container, string path, FieldErrors errors)
    {
        var variables = container.Env ?? [];
        for (var index = 0; index < variables.Count; index++)
        {
            ValidateVariable(variables[index], $"{path}.env[{index}]", errors);
        }

        var sources = container.EnvFrom ?? [];
        for (var index = 0; index < sources.Count; index++)
        {
            ValidateSource(sources[index], $"{path}.envFrom[{index}]", errors);
        }
    }

    /// <summary>A field of the pod that may be read from inside; labels and annotations by key too, all of them in volumes only.</summary>
    public static void ValidateField(V1ObjectFieldSelector field, string path, bool inVolume, FieldErrors errors)
    {
        errors.Required($"{path}.apiVersion", field.ApiVersion, "");
        var name = field.FieldPath ?? "";
        if (name.Length == 0)
        {
            errors.Required($"{path}.fieldPath");
        }
        else if (KeyOf(name) is { } key)
        {
            errors.Invalid(path, key, Names.CheckQualifiedName(key.ToLowerInvariant()));
        }
        else if (!Fields.Contains(name) && !(inVolume && name is "metadata.labels" or "metadata.annotations"))
        {
            errors.NotSupported($"{path}.fieldPath", name, Fields);
        }
    }

    /// <summary>A resource of a container that may be read from inside.</summary>
    public static void ValidateResource(V1ResourceFieldSelector resource, string path, FieldErrors errors)
    {
        var name = resource.Resource ?? "";
        if (name.Length == 0)
        {
            errors.Required($"{path}.resource");
        }
        else if (!Resources.Contains(name) && !name.Contains(".hugepages-", StringComparison.Ordinal))
        {
            errors.NotSupported($"{path}.resource", name, Resources);
        }
    }

    private static void ValidateVariable(V1EnvVar variable, string path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(variable.Name))
        {
            errors.Required($"{path}.name");
        }
        else
        {
            errors.Invalid($"{path}.name", variable.Name, Names.CheckEnvironmentName(variable.Name));
        }

        if (variable.ValueFrom is { } from)
        {
            ValidateValueFrom(from, variable.Value, $"{path}.valueFrom", errors);
        }
    }

    private static void ValidateValueFrom(V1EnvVarSource from, string? value, string path, FieldErrors errors)
    {
        var sources = new object?[] { from.FieldRef, from.ResourceFieldRef, from.ConfigMapKeyRef, from.SecretKeyRef, from.FileKeyRef }
            .Count(source => source is not null);
        if (sources == 0)
        {
            errors.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
        }
        else if (!string.IsNullOrEmpty(value))
        {
            errors.Invalid(path, "", "may not be specified when `value` is not empty");
        }
        else if (sources > 1)
        {
            errors.Invalid(path, "", "may not have more than one field specified at a time");
        }

        if (from.FieldRef is { } field)
        {
            ValidateField(field, $"{path}.fieldRef", inVolume: false, errors);
        }

        if (from.ResourceFieldRef is { } resource)
        {
            ValidateResource(resource, $"{path}.resourceFieldRef", errors);
        }

        if (from.ConfigMapKeyRef is { } map)
        {
            ValidateKey(map.Name, map.Key, $"{path}.configMapKeyRef", errors);
        }

        if (from.SecretKeyRef is { } secret)
        {
            ValidateKey(secret.Name, secret.Key, $"{path}.secretKeyRef", errors);
        }
    }

    private static void ValidateKey(string? name, string? key, string path, FieldErrors errors)
    {
        errors.Required($"{path}.name", name, "");
        if (string.IsNullOrEmpty(key))
        {
            errors.Required($"{path}.key");
            return;
        }

        errors.Invalid($"{path}.key", key, Names.CheckConfigKey(key));
    }

    private static void ValidateSource(V1EnvFromSource source, string path, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(source.Prefix))
        {
            errors.Invalid($"{path}.prefix", source.Prefix, Names.CheckEnvironmentName(source.Prefix));
        }

        switch (source)
        {
            case { ConfigMapRef: null, SecretRef: null }:
                errors.Invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
                break;
            case { ConfigMapRef: not null, SecretRef: not null }:
                errors.Invalid(path, "", "may not have more than one field specified at a time");
                break;
            case { ConfigMapRef: { } map }:
                errors.Required($"{path}.configMapRef.name", map.Name, "");
                break;
            case { SecretRef: { } secret }:
                errors.Required($"{path}.secretRef.name", secret.Name, "");
                break;
        }
    }

    // metadata.labels['a'] and metadata.annotations['a']
    private static string? KeyOf(string name)
    {
        var open = name.IndexOf("['", StringComparison.Ordinal);
        return open > 0 && name.EndsWith("']", StringComparison.Ordinal) && name[..open] is "metadata.labels" or "metadata.annotations"
            ? name[(open + 2)..^2]
            : null;
    }
}
