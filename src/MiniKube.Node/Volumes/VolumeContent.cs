using System.Text;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>A file of a volume that is made of API objects.</summary>
internal sealed record VolumeFile(string Path, ReadOnlyMemory<byte> Bytes, int Mode);

/// <summary>What configMap, secret, downwardAPI and projected volumes hold. Pure.</summary>
internal static class VolumeContent
{
    private const int ModeDefault = 0x1A4; // 0644

    /// <summary>True when a volume of the pod shows the pod's own labels or annotations, which can change while it runs.</summary>
    public static bool ShowsPod(V1Pod pod)
        => (pod.Spec.Volumes ?? []).Any(volume => volume.DownwardAPI is not null
            || volume.Projected?.Sources?.Any(source => source.DownwardAPI is not null) == true);

    /// <summary>True when the volume's files must not be on a disk.</summary>
    public static bool IsSecret(V1Volume volume)
        => volume.Secret is not null
            || volume.Projected?.Sources?.Any(source => source.Secret is not null || source.ServiceAccountToken is not null) == true;

    /// <summary>The files, or null when the volume is of another kind.</summary>
    /// <exception cref="ContainerConfigException">A source that is not optional, or a key of it, is missing.</exception>
    public static IReadOnlyList<VolumeFile>? Of(V1Volume volume, EnvironmentSources sources)
    {
        if (volume.ConfigMap is { } map)
        {
            return [.. FromConfigMap(map.Name, map.Items, map.Optional == true, map.DefaultMode ?? ModeDefault, sources)];
        }

        if (volume.Secret is { } secret)
        {
            return [.. FromSecret(secret.SecretName, secret.Items, secret.Optional == true, secret.DefaultMode ?? ModeDefault, sources)];
        }

        if (volume.DownwardAPI is { } downward)
        {
            return [.. FromPod(downward.Items, downward.DefaultMode ?? ModeDefault, sources)];
        }

        return volume.Projected is { } projected
            ? [.. projected.Sources.SelectMany(source => FromProjection(source, projected.DefaultMode ?? ModeDefault, sources))]
            : null;
    }

    private static IEnumerable<VolumeFile> FromProjection(V1VolumeProjection source, int mode, EnvironmentSources sources)
    {
        if (source.ConfigMap is { } map)
        {
            return FromConfigMap(map.Name, map.Items, map.Optional == true, mode, sources);
        }

        if (source.Secret is { } secret)
        {
            return FromSecret(secret.Name, secret.Items, secret.Optional == true, mode, sources);
        }

        if (source.DownwardAPI is { } downward)
        {
            return FromPod(downward.Items, mode, sources);
        }

        return source.ServiceAccountToken is { } token
            ? [new VolumeFile(token.Path, Encoding.UTF8.GetBytes(sources.Token(token)), mode)]
            : throw new ContainerConfigException(
                "projected volumes may hold configMap, secret, downwardAPI and serviceAccountToken sources; this node cannot make "
                + "the other ones");
    }

    private static IEnumerable<VolumeFile> FromConfigMap(
        string name, IList<V1KeyToPath>? items, bool optional, int mode, EnvironmentSources sources)
    {
        var map = sources.ConfigMap(name);
        if (map is null)
        {
            return optional ? [] : throw new ContainerConfigException($"configmap \"{name}\" not found");
        }

        var all = (map.Data ?? new Dictionary<string, string>()).ToDictionary(one => one.Key, one => Encoding.UTF8.GetBytes(one.Value));
        foreach (var (key, bytes) in map.BinaryData ?? new Dictionary<string, byte[]>())
        {
            all[key] = bytes;
        }

        return Pick(all, items, optional, mode, $"configmap {sources.Pod.Metadata.NamespaceProperty}/{name}");
    }

    private static IEnumerable<VolumeFile> FromSecret(
        string name, IList<V1KeyToPath>? items, bool optional, int mode, EnvironmentSources sources)
    {
        var secret = sources.Secret(name);
        if (secret is null)
        {
            return optional ? [] : throw new ContainerConfigException($"secret \"{name}\" not found");
        }

        var all = new Dictionary<string, byte[]>(secret.Data ?? new Dictionary<string, byte[]>());
        return Pick(all, items, optional, mode, $"secret {sources.Pod.Metadata.NamespaceProperty}/{name}");
    }

    private static IEnumerable<VolumeFile> Pick(
        Dictionary<string, byte[]> all, IList<V1KeyToPath>? items, bool optional, int mode, string owner)
    {
        if (items is not { Count: > 0 })
        {
            return all.Select(one => new VolumeFile(one.Key, one.Value, mode));
        }

        var missing = items.FirstOrDefault(item => !all.ContainsKey(item.Key));
        return missing is null || optional
            ? items.Where(item => all.ContainsKey(item.Key)).Select(item => new VolumeFile(item.Path, all[item.Key], item.Mode ?? mode))
            : throw new ContainerConfigException($"{owner} references non-existent config key: {missing.Key}");
    }

    private static IEnumerable<VolumeFile> FromPod(IList<V1DownwardAPIVolumeFile>? items, int mode, EnvironmentSources sources)
        => (items ?? []).Select(item => new VolumeFile(item.Path, Encoding.UTF8.GetBytes(ValueOf(item, sources)), item.Mode ?? mode));

    private static string ValueOf(V1DownwardAPIVolumeFile item, EnvironmentSources sources)
    {
        if (item.FieldRef is { } field)
        {
            return PodField.Read(sources.Pod, field.FieldPath, sources.Addresses)
                ?? throw new ContainerConfigException($"unsupported fieldPath: {field.FieldPath}");
        }

        var container = sources.Pod.Spec.Containers.FirstOrDefault(one => one.Name == item.ResourceFieldRef.ContainerName)
            ?? throw new ContainerConfigException($"container {item.ResourceFieldRef.ContainerName} not found");
        return ResourceField.Read(container, item.ResourceFieldRef, sources.Node)
            ?? throw new ContainerConfigException($"unsupported container resource : {item.ResourceFieldRef.Resource}");
    }
}
