using k8s.Models;
using MiniKube.Api;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// Makes a pod's volumes on the node, keeps those made of API objects up to date, and removes them. Every call is safe to
/// repeat. Not thread-safe per pod: its worker is the only caller.
/// </summary>
internal sealed class PodVolumes(string dataDirectory, TimeProvider time)
{
    private const UnixFileMode Everyone = (UnixFileMode)0x1FF; // 0777, as the kubelet makes emptyDir

    /// <summary>The directory or file on the node behind each volume of the pod.</summary>
    /// <exception cref="ContainerConfigException">A source is missing, of the wrong type, or not supported.</exception>
    public IReadOnlyDictionary<string, string> Prepare(V1Pod pod, EnvironmentSources sources)
    {
        var directory = new PodDirectory(dataDirectory, pod.Metadata.Uid);
        return (pod.Spec.Volumes ?? []).ToDictionary(volume => volume.Name, volume => Prepare(volume, directory, sources));
    }

    /// <summary>Removes everything the pod had on the node, mounts first.</summary>
    public void Remove(string podUid)
    {
        RemoveVolumes(podUid);
        var directory = new PodDirectory(dataDirectory, podUid);
        if (Directory.Exists(directory.Root))
        {
            Directory.Delete(directory.Root, recursive: true);
        }
    }

    /// <summary>Removes the volumes; what else the pod left, such as logs, stays.</summary>
    public void RemoveVolumes(string podUid)
    {
        var directory = new PodDirectory(dataDirectory, podUid);
        UnmountAll(podUid);
        if (Directory.Exists(directory.Volumes))
        {
            Directory.Delete(directory.Volumes, recursive: true);
        }
    }

    /// <summary>Takes the pod's mounts away; what is in its directories stays.</summary>
    public void UnmountAll(string podUid)
    {
        var directory = new PodDirectory(dataDirectory, podUid);
        var volumes = Directory.Exists(directory.Volumes) ? Directory.EnumerateDirectories(directory.Volumes) : [];
        foreach (var volume in volumes)
        {
            HostFiles.Unmount(volume);
        }
    }

    private string Prepare(V1Volume volume, PodDirectory directory, EnvironmentSources sources)
    {
        if (volume.HostPath is { } host)
        {
            return HostPathVolume.Prepare(host);
        }

        var path = directory.Volume(volume.Name);
        if (volume.EmptyDir is { } empty)
        {
            PrepareEmptyDirectory(path, empty);
        }
        else if (VolumeContent.Of(volume, sources) is { } files)
        {
            new AtomicDirectory(path, time).Write(files);
        }
        else
        {
            throw new ContainerConfigException(
                $"volume \"{volume.Name}\" is of a kind this node cannot make: use emptyDir, configMap, secret, downwardAPI, "
                + "projected or hostPath");
        }

        ShareWithGroup(path, sources.Pod.Spec.SecurityContext?.FsGroup);
        return path;
    }

    private static void PrepareEmptyDirectory(string path, V1EmptyDirVolumeSource source)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(path);
        if (source.Medium == "Memory")
        {
            HostFiles.MountTmpfs(path, source.SizeLimit is null ? null : Bytes.Of(source.SizeLimit).Value);
        }

        File.SetUnixFileMode(path, Everyone);
    }

    private static void ShareWithGroup(string path, long? group)
    {
        if (group is null)
        {
            return;
        }

        HostFiles.ChangeGroup(path, group.Value);
        foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories))
        {
            HostFiles.ChangeGroup(entry, group.Value);
        }
    }
}
