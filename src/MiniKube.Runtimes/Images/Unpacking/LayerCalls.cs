using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MiniKube.Runtimes;

/// <summary>
/// The system calls that unpack a layer. Every path goes through a directory's descriptor, and that descriptor was opened with
/// the layer as its root, so no archive can reach out of it (openat2(2), RESOLVE_IN_ROOT).
/// </summary>
internal static unsafe partial class LayerCalls
{
    private const int OpenPath = 0x200000;
    private const int OpenDirectory = 0x10000;
    private const int OpenCloseOnExec = 0x80000;
    private const int OpenCreateExclusive = 1 | 0x40 | 0x80 | 0x20000 | OpenCloseOnExec; // O_WRONLY O_CREAT O_EXCL O_NOFOLLOW
    private const int ResolveInRoot = 0x10;
    private const int ResolveNoMagicLinks = 0x02;
    private const nint OpenAt2 = 437;
    private const int SymlinkNoFollow = 0x100;
    private const int NoEntry = 2;
    private const int Exists = 17;
    private const int NotDirectory = 20;
    private const int IsADirectory = 21;

    public static SafeFileHandle OpenRoot(string path)
        => Handle(openat(-100, path, OpenPath | OpenDirectory | OpenCloseOnExec, 0), path);

    /// <summary>A directory inside, links followed as if the root were <c>/</c>; null when it is not there.</summary>
    public static SafeFileHandle? OpenDirectoryIn(SafeFileHandle root, string path)
    {
        var how = stackalloc ulong[3] { OpenPath | OpenDirectory | OpenCloseOnExec, 0, ResolveInRoot | ResolveNoMagicLinks };
        var descriptor = (int)syscall(OpenAt2, (int)root.DangerousGetHandle(), path, how, 3 * sizeof(ulong));
        var absent = descriptor < 0 && Marshal.GetLastPInvokeError() is (NoEntry or NotDirectory);
        return absent ? null : Handle(descriptor, path);
    }

    public static SafeFileHandle CreateFile(SafeFileHandle directory, string name)
        => Handle(openat((int)directory.DangerousGetHandle(), name, OpenCreateExclusive, 0x180), name);

    /// <summary>Makes the directory; false when something is already there.</summary>
    public static bool TryMakeDirectory(SafeFileHandle parent, string name)
        => mkdirat((int)parent.DangerousGetHandle(), name, 0x1ED) == 0 || Expect(Exists, name);

    /// <summary>False for a link to a directory.</summary>
    public static bool IsDirectory(SafeFileHandle parent, string name)
        => new DirectoryInfo($"/proc/self/fd/{(int)parent.DangerousGetHandle()}/{name}") is { Exists: true, LinkTarget: null };

    public static void MakeNode(SafeFileHandle parent, string name, uint mode, int major, int minor)
        => Check(mknodat((int)parent.DangerousGetHandle(), name, mode, MakeDevice(major, minor)), name);

    public static void MakeSymbolicLink(string target, SafeFileHandle parent, string name)
        => Check(symlinkat(target, (int)parent.DangerousGetHandle(), name), name);

    public static void MakeHardLink(SafeFileHandle targetParent, string target, SafeFileHandle parent, string name)
        => Check(linkat((int)targetParent.DangerousGetHandle(), target, (int)parent.DangerousGetHandle(), name, 0), name);

    /// <summary>Removes a file, link or empty directory; nothing there is fine.</summary>
    public static void RemoveIfThere(SafeFileHandle parent, string name)
    {
        var descriptor = (int)parent.DangerousGetHandle();
        if (unlinkat(descriptor, name, 0) != 0 && Marshal.GetLastPInvokeError() == IsADirectory)
        {
            Directory.Delete($"/proc/self/fd/{descriptor}/{name}", recursive: true);
        }
    }

    public static void SetOwner(SafeFileHandle parent, string name, int user, int group)
        => Check(fchownat((int)parent.DangerousGetHandle(), name, user, group, SymlinkNoFollow), name);

    public static void SetMode(SafeFileHandle parent, string name, UnixFileMode mode)
        => Check(fchmodat((int)parent.DangerousGetHandle(), name, (uint)mode, 0), name);

    public static void SetModified(SafeFileHandle parent, string name, DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var (seconds, rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        var times = stackalloc long[4] { seconds, Math.Max(rest, 0) * 100, seconds, Math.Max(rest, 0) * 100 };
        Check(utimensat((int)parent.DangerousGetHandle(), name, times, SymlinkNoFollow), name);
    }

    public static void SetAttribute(SafeFileHandle parent, string name, string attribute, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value)
        {
            var path = $"/proc/self/fd/{(int)parent.DangerousGetHandle()}/{name}";
            Check(lsetxattr(path, attribute, bytes, (nuint)value.Length, 0), name);
        }
    }

    private static ulong MakeDevice(int major, int minor)
        => ((ulong)(uint)minor & 0xFF) | (((ulong)(uint)major & 0xFFF) << 8) | (((ulong)(uint)minor & ~0xFFUL) << 12);

    private static SafeFileHandle Handle(int descriptor, string path)
    {
        Check(descriptor, path);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static bool Expect(int error, string path)
        => Marshal.GetLastPInvokeError() == error ? false : throw Failure(path);

    private static void Check(int result, string path)
    {
        if (result < 0)
        {
            throw Failure(path);
        }
    }

    private static IOException Failure(string path)
        => new($"{path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int directory, string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall(nint number, int directory, string path, ulong* how, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(int directory, string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mknodat(int directory, string path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int symlinkat(string target, int directory, string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int linkat(int fromDirectory, string from, int toDirectory, string to, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlinkat(int directory, string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fchownat(int directory, string path, int user, int group, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fchmodat(int directory, string path, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int utimensat(int directory, string path, long* times, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lsetxattr(string path, string name, byte* value, nuint size, int flags);
}
