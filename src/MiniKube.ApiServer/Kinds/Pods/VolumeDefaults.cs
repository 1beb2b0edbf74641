using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>What a volume gets when the user says nothing.</summary>
internal static class VolumeDefaults
{
    private const int FileMode = 0x1A4; // 0644
    private const int TokenSeconds = 3600;

    public static void Apply(V1Volume volume)
    {
        if (!VolumeSources.Of(volume).Any())
        {
            volume.EmptyDir = new V1EmptyDirVolumeSource();
        }

        if (volume.ConfigMap is { } map)
        {
            map.DefaultMode ??= FileMode;
        }

        if (volume.Secret is { } secret)
        {
            secret.DefaultMode ??= FileMode;
        }

        if (volume.HostPath is { } path)
        {
            path.Type ??= "";
        }

        Apply(volume.DownwardAPI);
        Apply(volume.Projected);
    }

    private static void Apply(V1DownwardAPIVolumeSource? source)
    {
        if (source is not null)
        {
            source.DefaultMode ??= FileMode;
            Apply(source.Items);
        }
    }

    private static void Apply(V1ProjectedVolumeSource? source)
    {
        if (source is null)
        {
            return;
        }

        source.DefaultMode ??= FileMode;
        foreach (var projection in source.Sources ?? [])
        {
            Apply(projection.DownwardAPI?.Items);
            if (projection.ServiceAccountToken is { } token)
            {
                token.ExpirationSeconds ??= TokenSeconds;
            }
        }
    }

    private static void Apply(IList<V1DownwardAPIVolumeFile>? files)
    {
        foreach (var file in files ?? [])
        {
            ContainerDefaults.Apply(file.FieldRef);
        }
    }
}
