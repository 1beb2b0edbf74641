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
    // A Secret has at most 1 MiB; while it is swapped, the old and the new one are there.
    private const long SecretBytesMax = 4 * 1024 * 1024;

    private const UnixFileMode Everyone = (UnixFileMode)0x1FF; // 0777, as the kubelet makes emptyDir

    /// <summary>Makes each volume of the pod, or brings it up to date.</summary>
    /// <exception cref="ContainerConfigException">A source is missing, of the wrong type, or not supported.</exception>
    public void Prepare(V1Pod pod, EnvironmentSources sources)
    {
        var directory = new PodDirectory(dataDirectory, pod.Metadata.Uid);
        foreach (var volume in pod.Spec.Volumes ?? [])
        {
            try
            {
                Prepare(volume, directory, sources);
            }
            catch (Exception problem) when (problem is ContainerConfigException or IOException or UnauthorizedAccessException)
            {
                throw new ContainerConfigException(
                    $"MountVolume.SetUp failed for volume \"{volume.Name}\" : {problem.Message}");
            }
        }
    }

    /// <summary>The directory or file on the node behind each volume of the pod, whether it is there or not.</summary>
    public IReadOnlyDictionary<string, string> PathsOf(V1Pod pod)
    {
        var directory = new PodDirectory(dataDirectory, pod.Metadata.Uid);
        return (pod.Spec.Volumes ?? []).ToDictionary(
            volume => volume.Name, volume => volume.HostPath?.Path ?? directory.Volume(volume.Name));
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
        Unmount(directory);
        if (Directory.Exists(directory.Volumes))
        {
            Directory.Delete(directory.Volumes, recursive: true);
        }
    }

    /// <summary>Takes the mounts of all pods away; what is on the disk stays.</summary>
    public void UnmountAll()
    {
        foreach (var uid in PodDirectory.UidsIn(dataDirectory))
        {
            Unmount(new PodDirectory(dataDirectory, uid));
        }
    }

    private static void Unmount(PodDirectory directory)
    {
        foreach (var mount in Mounts.Below(directory.Volumes))
        {
            HostFiles.Unmount(mount);
        }
    }

    private void Prepare(V1Volume volume, PodDirectory directory, EnvironmentSources sources)
    {
        if (volume.HostPath is { } host)
        {
            HostPathVolume.Prepare(host);
            return;
        }

        var path = directory.Volume(volume.Name);
        if (volume.EmptyDir is { } empty)
        {
            PrepareEmptyDirectory(path, empty);
        }
        else if (VolumeContent.Of(volume, sources) is { } files)
        {
            if (VolumeContent.IsSecret(volume))
            {
                KeepOffDisk(path);
            }

            new AtomicDirectory(path, time).Write(files);
        }
        else
        {
            throw new ContainerConfigException(
                $"volume \"{volume.Name}\" is of a kind this node cannot make: use emptyDir, configMap, secret, downwardAPI, "
                + "projected or hostPath");
        }

        ShareWithGroup(path, sources.Pod.Spec.SecurityContext?.FsGroup);
    }

    /// <summary>Puts the directory into memory, where this process may mount; elsewhere the files are on the disk.</summary>
    private static void KeepOffDisk(string path)
    {
        if (!Environment.IsPrivilegedProcess || Mounts.Has(path))
        {
            return;
        }

        Directory.CreateDirectory(path);
        HostFiles.MountTmpfs(path, SecretBytesMax);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ED); // 0755
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
