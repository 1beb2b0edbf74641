using System.Runtime.InteropServices;

namespace MiniKube.Shim;

/// <summary>Descriptors and files.</summary>
internal static unsafe partial class Kernel
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NoControllingTerminal = 0x100;
    public const int Append = 0x400;
    public const int NonBlocking = 0x800;
    public const int DirectoryOnly = 0x10000;
    public const int NoFollow = 0x20000;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;
    public const int CurrentDirectory = -100;

    private const int ResolveInRoot = 0x10;
    private const int ResolveNoMagicLinks = 0x02;
    private const nint OpenAt2Number = 437;
    private const nint CloseRangeNumber = 436;
    private const int SymlinkNoFollow = 0x100;
    private const int SetStatusFlags = 4;
    private const int SetDescriptorFlags = 2;
    private const int DuplicateCloseOnExec = 1030;

    public static int Open(string path, int flags, uint mode = 0)
        => Check(openat(CurrentDirectory, path, flags | CloseOnExec, mode), $"open {path}");

    public static int OpenAt(int directory, string path, int flags, uint mode = 0)
        => Check(openat(directory, path, flags | CloseOnExec, mode), $"open {path}");

    /// <summary>Opens a path as a process with this root would see it: no link leads out. Null when it is not there.</summary>
    public static int? TryOpenInRoot(int root, string path, int flags)
    {
        var how = stackalloc ulong[3] { (ulong)(flags | CloseOnExec), 0, ResolveInRoot | ResolveNoMagicLinks };
        var descriptor = (int)syscall_openat2(OpenAt2Number, root, path, how, 3 * sizeof(ulong));
        return descriptor < 0 && Marshal.GetLastPInvokeError() is (Errno.NoEntry or Errno.NotDirectory)
            ? null
            : Check(descriptor, $"open {path} in the container");
    }

    /// <summary>Opens a path as a process with this root would see it.</summary>
    public static int OpenInRoot(int root, string path, int flags)
        => TryOpenInRoot(root, path, flags) ?? throw new KernelException($"open {path} in the container", Errno.NoEntry);

    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>0 is the end; null is "nothing now" of a non-blocking descriptor.</summary>
    public static int? Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var length = read(descriptor, bytes, (nuint)buffer.Length);
                if (length >= 0)
                {
                    return (int)length;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Errno.Interrupted:
                        continue;
                    case Errno.Again:
                        return null;
                    case Errno.InputOutput:
                        return 0; // A terminal whose last user went away.
                    case var error:
                        throw new KernelException("read", error);
                }
            }
        }
    }

    /// <summary>How many bytes were taken; 0 when there is no room now, null when nobody reads any more.</summary>
    public static int? Write(int descriptor, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var length = write(descriptor, bytes, (nuint)buffer.Length);
                if (length >= 0)
                {
                    return (int)length;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Errno.Interrupted:
                        continue;
                    case Errno.Again:
                        return 0;
                    default:
                        return null;
                }
            }
        }
    }

    /// <summary>Writes all of it to a blocking descriptor.</summary>
    public static void WriteAll(int descriptor, ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var taken = Write(descriptor, buffer) ?? throw new KernelException("write", Marshal.GetLastPInvokeError());
            buffer = buffer[taken..];
        }
    }

    public static (int Read, int Write) Pipe()
    {
        var ends = stackalloc int[2];
        Check(pipe2(ends, CloseOnExec), "pipe");
        return (ends[0], ends[1]);
    }

    public static void Duplicate(int descriptor, int target) => Check(dup2(descriptor, target), "dup2");

    /// <summary>Nothing we have open, apart from 0, 1 and 2, reaches another program.</summary>
    public static void CloseAllOnExec() => Check((int)syscall3(CloseRangeNumber, 3, int.MaxValue, 4), "close_range");

    /// <summary>Keeps low descriptors taken, so that children can be given them without a collision.</summary>
    public static void ReserveDescriptors(int below)
    {
        while (Open("/dev/null", ReadOnly) < below)
        {
        }
    }

    /// <summary>Another descriptor for the same open file, closed on exec.</summary>
    public static int Duplicate(int descriptor) => Check(fcntl(descriptor, DuplicateCloseOnExec, 0), "fcntl");

    public static void SetNonBlocking(int descriptor) => Check(fcntl(descriptor, SetStatusFlags, NonBlocking), "fcntl");

    public static void SetCloseOnExec(int descriptor) => Check(fcntl(descriptor, SetDescriptorFlags, 1), "fcntl");

    /// <summary>A file without a name, holding the bytes, to be read from its start.</summary>
    public static int MemoryFile(string name, ReadOnlySpan<byte> content)
    {
        var descriptor = Check(memfd_create(name, 1), "memfd_create");
        WriteAll(descriptor, content);
        Check((int)lseek(descriptor, 0, 0), "lseek");
        return descriptor;
    }

    public static void MakeDirectoryAt(int directory, string name, uint mode)
    {
        if (mkdirat(directory, name, mode) != 0 && Marshal.GetLastPInvokeError() != Errno.Exists)
        {
            throw new KernelException($"mkdir {name}", Marshal.GetLastPInvokeError());
        }
    }

    public static void MakeDirectory(string path, uint mode) => MakeDirectoryAt(CurrentDirectory, path, mode);

    public static void MakeNode(string path, uint mode, ulong device) => Check(mknod(path, mode, device), $"mknod {path}");

    /// <summary>Mode, and number if it is a device, of what is at a path, not following a link; null when nothing is.</summary>
    public static (uint Mode, ulong Device)? FindNode(string path)
    {
        // struct statx: stx_mode at 28, stx_rdev_major and minor at 128 and 132.
        var result = stackalloc byte[256];
        if (statx(CurrentDirectory, path, SymlinkNoFollow, 3, result) != 0)
        {
            return null;
        }

        var mode = *(ushort*)(result + 28);
        var (major, minor) = (*(uint*)(result + 128), *(uint*)(result + 132));
        return (mode, (minor & 0xFF) | ((ulong)(major & 0xFFF) << 8) | ((ulong)(minor & ~0xFFu) << 12));
    }

    public static void MakeSymbolicLink(string target, string path) => Check(symlink(target, path), $"symlink {path}");

    /// <summary>Where a link leads; null when it is no link.</summary>
    public static string? ReadLink(int directory, string name)
    {
        var target = stackalloc byte[4096];
        var length = readlinkat(directory, name, target, 4096);
        return length >= 0 ? System.Text.Encoding.UTF8.GetString(target, (int)length) : null;
    }

    public static void ChangeDirectory(string path) => Check(chdir(path), $"chdir to {path}");

    public static void ChangeDirectory(int descriptor) => Check(fchdir(descriptor), "fchdir");

    public static void ChangeOwner(int descriptor, uint user, uint group) => _ = fchown(descriptor, user, group);

    public static void ChangeMode(string path, uint mode) => Check(chmod(path, mode), $"chmod {path}");

    public static void SetFileCreationMask(uint mask) => _ = umask(mask);

    public static void Rename(string from, string to) => _ = rename(from, to);

    /// <summary>Reads a small file whole; null when it is not there.</summary>
    public static string? ReadFile(string path)
    {
        var descriptor = openat(CurrentDirectory, path, CloseOnExec, 0);
        if (descriptor < 0)
        {
            return null;
        }

        try
        {
            using var content = new MemoryStream();
            Span<byte> buffer = stackalloc byte[4096];
            while (Read(descriptor, buffer) is { } length and > 0)
            {
                content.Write(buffer[..length]);
            }

            return System.Text.Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
        }
        finally
        {
            Close(descriptor);
        }
    }

    /// <summary>Writes a kernel file in one call.</summary>
    public static void WriteFile(string path, string text)
    {
        var descriptor = Open(path, WriteOnly);
        try
        {
            if (Write(descriptor, System.Text.Encoding.UTF8.GetBytes(text)) is null)
            {
                throw new KernelException($"write {path}", Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            Close(descriptor);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int directory, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall_openat2(nint number, int directory, string path, ulong* how, nuint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint syscall3(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int descriptor, int target);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, nint argument);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(int descriptor, long offset, int origin);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(int directory, string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mknod(string path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint readlinkat(int directory, string path, byte* target, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int symlink(string target, string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chdir(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchdir(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int descriptor, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chmod(string path, uint mode);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);
}
