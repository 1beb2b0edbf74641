using System.Text;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>
/// The variables of one container, in the order Kubernetes gives them: services, then <c>envFrom</c>, then <c>env</c>; later ones
/// win and may refer to earlier ones. Pure.
/// </summary>
internal static class ContainerEnvironment
{
    /// <exception cref="ContainerConfigException">Something referred to and not optional is missing.</exception>
    public static IReadOnlyDictionary<string, string> Build(V1Container container, EnvironmentSources sources)
    {
        var variables = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in sources.Services)
        {
            variables[name] = value;
        }

        foreach (var from in container.EnvFrom ?? [])
        {
            AddAll(variables, from, sources);
        }

        foreach (var variable in container.Env ?? [])
        {
            var value = variable.ValueFrom is null
                ? VariableExpansion.Expand(variable.Value ?? "", variables)
                : Referred(container, variable, sources);
            if (value is not null)
            {
                variables[variable.Name] = value;
            }
        }

        return variables;
    }

    private static void AddAll(OrderedDictionary<string, string> variables, V1EnvFromSource from, EnvironmentSources sources)
    {
        foreach (var (key, value) in Entries(from, sources))
        {
            variables[(from.Prefix ?? "") + key] = value;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Entries(V1EnvFromSource from, EnvironmentSources sources)
    {
        if (from.ConfigMapRef is { } map)
        {
            var found = sources.ConfigMap(map.Name);
            return found is not null || map.Optional == true
                ? found?.Data ?? new Dictionary<string, string>()
                : throw Missing("configmap", map.Name);
        }

        if (from.SecretRef is { } secret)
        {
            var found = sources.Secret(secret.Name);
            return found is not null || secret.Optional == true
                ? (found?.Data ?? new Dictionary<string, byte[]>()).ToDictionary(one => one.Key, one => Encoding.UTF8.GetString(one.Value))
                : throw Missing("secret", secret.Name);
        }

        return [];
    }

    private static string? Referred(V1Container container, V1EnvVar variable, EnvironmentSources sources)
    {
        var from = variable.ValueFrom;
        if (from.FieldRef is { } field)
        {
            return PodField.Read(sources.Pod, field.FieldPath, sources.Addresses)
                ?? throw new ContainerConfigException($"unsupported fieldPath: {field.FieldPath}");
        }

        if (from.ResourceFieldRef is { } resource)
        {
            var owner = resource.ContainerName is { Length: > 0 } name ? Find(sources.Pod, name) : container;
            return ResourceField.Read(owner, resource, sources.Node)
                ?? throw new ContainerConfigException($"unsupported container resource : {resource.Resource}");
        }

        return from.ConfigMapKeyRef is { } map ? FromConfigMap(map, sources)
            : from.SecretKeyRef is { } secret ? FromSecret(secret, sources)
            : "";
    }

    private static string? FromConfigMap(V1ConfigMapKeySelector selector, EnvironmentSources sources)
    {
        var optional = selector.Optional == true;
        var map = sources.ConfigMap(selector.Name);
        if (map is null)
        {
            return optional ? null : throw Missing("configmap", selector.Name);
        }

        return map.Data is not null && map.Data.TryGetValue(selector.Key, out var value) ? value
            : optional ? null
            : throw MissingKey("ConfigMap", selector.Key, sources.Pod, selector.Name);
    }

    private static string? FromSecret(V1SecretKeySelector selector, EnvironmentSources sources)
    {
        var optional = selector.Optional == true;
        var secret = sources.Secret(selector.Name);
        if (secret is null)
        {
            return optional ? null : throw Missing("secret", selector.Name);
        }

        return secret.Data is not null && secret.Data.TryGetValue(selector.Key, out var value) ? Encoding.UTF8.GetString(value)
            : optional ? null
            : throw MissingKey("Secret", selector.Key, sources.Pod, selector.Name);
    }

    private static V1Container Find(V1Pod pod, string name)
        => pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).FirstOrDefault(one => one.Name == name)
            ?? throw new ContainerConfigException($"container {name} not found");

    private static ContainerConfigException Missing(string kind, string name) => new($"{kind} \"{name}\" not found");

    private static ContainerConfigException MissingKey(string kind, string key, V1Pod pod, string name)
        => new($"couldn't find key {key} in {kind} {pod.Metadata.NamespaceProperty}/{name}");
}
