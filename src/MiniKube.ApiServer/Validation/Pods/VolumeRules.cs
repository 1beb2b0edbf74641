using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Volumes: a name and one source each.</summary>
internal static class VolumeRules
{
    private const int ModeMax = 0x1FF; // 0777

    private static readonly string[] HostPathTypes =
    [
        "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
    ];

    public static void Validate(IList<V1Volume> volumes, string path, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var index = 0; index < volumes.Count; index++)
        {
            var (volume, place) = (volumes[index], $"{path}[{index}]");
            ValidateName(volume.Name, place, names, errors);
            ValidateSource(volume, place, errors);
        }
    }

    private static void ValidateName(string? name, string path, HashSet<string> names, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(name))
        {
            errors.Required($"{path}.name");
            return;
        }

        errors.Invalid($"{path}.name", name, Names.CheckDnsLabel(name));
        if (!names.Add(name))
        {
            errors.Duplicate($"{path}.name", name);
        }
    }

    private static void ValidateSource(V1Volume volume, string path, FieldErrors errors)
    {
        var sources = VolumeSources.Of(volume).ToList();
        if (sources.Count == 0)
        {
            errors.Required(path, "must specify a volume type");
        }

        foreach (var surplus in sources.Skip(1))
        {
            errors.Forbidden($"{path}.{surplus}", "may not specify more than 1 volume type");
        }

        if (volume.ConfigMap is { } map)
        {
            errors.Required($"{path}.configMap.name", map.Name, "");
            ValidateFiles(map.DefaultMode, map.Items, $"{path}.configMap", errors);
        }

        if (volume.Secret is { } secret)
        {
            errors.Required($"{path}.secret.secretName", secret.SecretName, "");
            ValidateFiles(secret.DefaultMode, secret.Items, $"{path}.secret", errors);
        }

        if (volume.EmptyDir?.SizeLimit is { } size && Quantity.Of(size).Sign < 0)
        {
            errors.Forbidden($"{path}.emptyDir.sizeLimit", "SizeLimit field must be a valid resource quantity");
        }

        ValidateHostPath(volume.HostPath, $"{path}.hostPath", errors);
        if (volume.PersistentVolumeClaim is { } claim)
        {
            errors.Required($"{path}.persistentVolumeClaim.claimName", claim.ClaimName, "");
        }

        ValidateDownward(volume.DownwardAPI?.DefaultMode, volume.DownwardAPI?.Items, $"{path}.downwardAPI", errors);
        ValidateProjected(volume.Projected, $"{path}.projected", errors);
    }

    private static void ValidateHostPath(V1HostPathVolumeSource? source, string path, FieldErrors errors)
    {
        if (source is null)
        {
            return;
        }

        errors.Required($"{path}.path", source.Path, "");
        PathRules.ValidateNoParent(source.Path ?? "", $"{path}.path", errors);
        if (!HostPathTypes.Contains(source.Type ?? ""))
        {
            errors.NotSupported($"{path}.type", source.Type, HostPathTypes);
        }
    }

    private static void ValidateProjected(V1ProjectedVolumeSource? projected, string path, FieldErrors errors)
    {
        var sources = projected?.Sources ?? [];
        ValidateMode(projected?.DefaultMode, $"{path}.defaultMode", errors);
        for (var index = 0; index < sources.Count; index++)
        {
            var (source, place) = (sources[index], $"{path}.sources[{index}]");
            ValidateProjection(source, place, errors);
        }
    }

    private static void ValidateProjection(V1VolumeProjection source, string path, FieldErrors errors)
    {
        if (source.ConfigMap is { } map)
        {
            errors.Required($"{path}.configMap.name", map.Name, "");
            ValidateFiles(null, map.Items, $"{path}.configMap", errors);
        }

        if (source.Secret is { } secret)
        {
            errors.Required($"{path}.secret.name", secret.Name, "");
            ValidateFiles(null, secret.Items, $"{path}.secret", errors);
        }

        if (source.ServiceAccountToken is { } token)
        {
            errors.Required($"{path}.serviceAccountToken.path", token.Path, "");
        }

        ValidateDownward(null, source.DownwardAPI?.Items, $"{path}.downwardAPI", errors);
    }

    private static void ValidateFiles(int? mode, IList<V1KeyToPath>? items, string path, FieldErrors errors)
    {
        ValidateMode(mode, $"{path}.defaultMode", errors);
        for (var index = 0; index < (items?.Count ?? 0); index++)
        {
            var (item, place) = (items![index], $"{path}.items[{index}]");
            errors.Required($"{place}.key", item.Key, "");
            PathRules.ValidateFile(item.Path, $"{place}.path", errors);
            ValidateMode(item.Mode, $"{place}.mode", errors);
        }
    }

    private static void ValidateDownward(int? mode, IList<V1DownwardAPIVolumeFile>? items, string path, FieldErrors errors)
    {
        ValidateMode(mode, $"{path}.defaultMode", errors);
        for (var index = 0; index < (items?.Count ?? 0); index++)
        {
            var (item, place) = (items![index], $"{path}.items[{index}]");
            PathRules.ValidateFile(item.Path, $"{place}.path", errors);
            ValidateMode(item.Mode, $"{place}.mode", errors);
            if (item.FieldRef is { } field)
            {
                EnvironmentRules.ValidateField(field, $"{place}.fieldRef", inVolume: true, errors);
            }
            else if (item.ResourceFieldRef is { } resource)
            {
                EnvironmentRules.ValidateResource(resource, $"{place}.resourceFieldRef", errors);
            }
            else
            {
                errors.Required($"{place}.fieldRef", "one of fieldRef and resourceFieldRef is required");
            }
        }
    }

    private static void ValidateMode(int? mode, string path, FieldErrors errors)
    {
        if (mode is < 0 or > ModeMax)
        {
            errors.Invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }
}
