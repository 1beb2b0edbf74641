using System.Runtime.InteropServices;

namespace MiniKube.Shim;

/// <summary>Mounts and namespaces.</summary>
internal static unsafe partial class Kernel
{
    public const ulong MountReadOnly = 0x1;
    public const ulong MountNoSuid = 0x2;
    public const ulong MountNoDevices = 0x4;
    public const ulong MountNoExec = 0x8;
    public const ulong MountRemount = 0x20;
    public const ulong MountBind = 0x1000;
    public const ulong MountRecursive = 0x4000;
    public const ulong MountPrivate = 0x40000;
    public const ulong MountSlave = 0x80000;
    public const ulong MountShared = 0x100000;
    public const ulong MountRelativeTime = 0x200000;
    public const ulong MountStrictTime = 0x1000000;

    public const int NamespaceMount = 0x00020000;
    public const int NamespaceCgroup = 0x02000000;
    public const int NamespaceUts = 0x04000000;
    public const int NamespaceIpc = 0x08000000;
    public const int NamespacePid = 0x20000000;
    public const int NamespaceNetwork = 0x40000000;
    public const int SharedFilesystemState = 0x00000200; // CLONE_FS

    private const int DetachMount = 2;
    private const int StatvfsFlagsAt = 9; // f_flag, in words of 8 bytes, on x86-64
    private const nint OpenTreeNumber = 428;
    private const nint MountSetAttributesNumber = 442;
    private const nint PivotRootNumber = 155;
    private const int OpenTreeClone = 1;
    private const int EmptyPath = 0x1000;

    public static void Mount(string source, string target, string? type, ulong flags, string? options = null)
        => Check(mount(source, target, type, flags, options), $"mount {type ?? source} on {target}");

    public static bool TryMount(string source, string target, string? type, ulong flags, string? options = null)
        => mount(source, target, type, flags, options) == 0;

    /// <summary>Flags of a mount that a remount must repeat, or it would be refused or take them away (statvfs(3)).</summary>
    public static ulong KeptFlags(string path)
    {
        var result = stackalloc ulong[16];
        Check(statvfs(path, result), $"statvfs {path}");
        return result[StatvfsFlagsAt] & (MountNoSuid | MountNoDevices | MountNoExec);
    }

    public static void Detach(string target) => Check(umount2(target, DetachMount), $"umount {target}");

    public static void Unshare(int namespaces) => Check(unshare(namespaces), "unshare");

    /// <summary>Enters a namespace; for pids, the next child does.</summary>
    public static void Enter(int namespaceDescriptor, int kind) => Check(setns(namespaceDescriptor, kind), "setns");

    /// <summary>Makes the working directory the root, and the old root its only other mount, on top.</summary>
    public static void PivotRootHere()
    {
        var here = "."u8;
        fixed (byte* path = here)
        {
            Check((int)syscall2(PivotRootNumber, (nint)path, (nint)path), "pivot_root");
        }
    }

    /// <summary>
    /// A read-only mount of one file that nobody else can see. A program started through it cannot be written to by the container it
    /// enters, not even through /proc/PID/exe.
    /// </summary>
    public static int OpenReadOnlyClone(string path)
    {
        var tree = Check((int)syscall_open_tree(OpenTreeNumber, CurrentDirectory, path, OpenTreeClone | CloseOnExec), "open_tree");
        var attributes = stackalloc ulong[4] { 1, 0, 0, 0 }; // set MOUNT_ATTR_RDONLY
        var empty = (byte)0;
        Check((int)syscall5(MountSetAttributesNumber, tree, (nint)(&empty), EmptyPath, (nint)attributes, 32), "mount_setattr");
        return tree;
    }

    public static void SetHostname(string name)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(name);
        fixed (byte* first = bytes)
        {
            Check(sethostname(first, (nuint)bytes.Length), "sethostname");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? type, ulong flags, string? options);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statvfs(string path, ulong* result);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kind);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sethostname(byte* name, nuint length);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint syscall2(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint syscall5(nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall_open_tree(nint number, int directory, string path, nint flags);
}
