using System.Runtime.InteropServices;

namespace MiniKube.Runtimes;

/// <summary>
/// The few file system calls of Linux that .NET has no method for. Failures are <see cref="IOException"/> with the errno.
/// </summary>
public static partial class HostFiles
{
    private const int NoSuidNoDev = 2 | 4;
    private const int LazyUnmount = 2;

    /// <summary>Renames a file or symbolic link over another, atomically; links are not followed.</summary>
    public static void Replace(string from, string to)
        => Check(rename(from, to), $"cannot rename {from} to {to}");

    /// <summary>Mounts an empty file system that lives in memory.</summary>
    /// <param name="path">An existing directory.</param>
    /// <param name="bytesMax">Its size; null takes half of the machine's memory.</param>
    public static void MountTmpfs(string path, long? bytesMax)
        => Check(
            mount("tmpfs", path, "tmpfs", NoSuidNoDev, bytesMax is null ? "mode=0777" : $"mode=0777,size={bytesMax}"),
            $"cannot mount a tmpfs at {path}");

    /// <summary>Takes a mount away; nothing happens when there is none.</summary>
    public static void Unmount(string path)
    {
        const int notMounted = 22;
        const int notThere = 2;
        if (umount2(path, LazyUnmount) != 0 && Marshal.GetLastPInvokeError() is var error and not (notMounted or notThere))
        {
            throw new IOException($"cannot unmount {path}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Gives a file or directory to a group, keeping its owner.</summary>
    public static void ChangeGroup(string path, long group)
        => Check(lchown(path, uint.MaxValue, checked((uint)group)), $"cannot give {path} to group {group}");

    private static void Check(int result, string what)
    {
        if (result != 0)
        {
            throw new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, nuint flags, string options);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint owner, uint group);
}
