using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>The kinds of volume the API knows; a volume has exactly one.</summary>
internal static class VolumeSources
{
    /// <summary>Names of the sources a volume has set.</summary>
    public static IEnumerable<string> Of(V1Volume volume)
        => All(volume).Where(source => source.Source is not null).Select(source => source.Name);

    /// <summary>Names of the sources a persistent volume has set.</summary>
    public static IEnumerable<string> Of(V1PersistentVolumeSpec spec)
        => All(spec).Where(source => source.Source is not null).Select(source => source.Name);

    private static (string Name, object? Source)[] All(V1PersistentVolumeSpec spec) =>
    [
        ("hostPath", spec.HostPath),
        ("local", spec.Local),
        ("nfs", spec.Nfs),
        ("csi", spec.Csi),
        ("iscsi", spec.Iscsi),
        ("fc", spec.Fc),
        ("rbd", spec.Rbd),
        ("cephfs", spec.Cephfs),
        ("cinder", spec.Cinder),
        ("glusterfs", spec.Glusterfs),
        ("flexVolume", spec.FlexVolume),
        ("flocker", spec.Flocker),
        ("awsElasticBlockStore", spec.AwsElasticBlockStore),
        ("gcePersistentDisk", spec.GcePersistentDisk),
        ("azureDisk", spec.AzureDisk),
        ("azureFile", spec.AzureFile),
        ("vsphereVolume", spec.VsphereVolume),
        ("photonPersistentDisk", spec.PhotonPersistentDisk),
        ("portworxVolume", spec.PortworxVolume),
        ("quobyte", spec.Quobyte),
        ("scaleIO", spec.ScaleIO),
        ("storageos", spec.Storageos),
    ];

    private static (string Name, object? Source)[] All(V1Volume volume) =>
    [
        ("emptyDir", volume.EmptyDir),
        ("configMap", volume.ConfigMap),
        ("secret", volume.Secret),
        ("projected", volume.Projected),
        ("downwardAPI", volume.DownwardAPI),
        ("hostPath", volume.HostPath),
        ("persistentVolumeClaim", volume.PersistentVolumeClaim),
        ("ephemeral", volume.Ephemeral),
        ("image", volume.Image),
        ("csi", volume.Csi),
        ("nfs", volume.Nfs),
        ("iscsi", volume.Iscsi),
        ("fc", volume.Fc),
        ("rbd", volume.Rbd),
        ("cephfs", volume.Cephfs),
        ("cinder", volume.Cinder),
        ("glusterfs", volume.Glusterfs),
        ("flexVolume", volume.FlexVolume),
        ("flocker", volume.Flocker),
        ("gitRepo", volume.GitRepo),
        ("awsElasticBlockStore", volume.AwsElasticBlockStore),
        ("gcePersistentDisk", volume.GcePersistentDisk),
        ("azureDisk", volume.AzureDisk),
        ("azureFile", volume.AzureFile),
        ("vsphereVolume", volume.VsphereVolume),
        ("photonPersistentDisk", volume.PhotonPersistentDisk),
        ("portworxVolume", volume.PortworxVolume),
        ("quobyte", volume.Quobyte),
        ("scaleIO", volume.ScaleIO),
        ("storageos", volume.Storageos),
    ];
}
