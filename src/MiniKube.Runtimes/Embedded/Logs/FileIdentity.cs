using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MiniKube.Runtimes;

/// <summary>Which file a descriptor or a name leads to, whatever its name is now.</summary>
internal readonly unsafe partial record struct FileIdentity(ulong Inode)
{
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint WantInode = 0x100;
    private const int StatxBytes = 256;
    private const int InodeAt = 32; // stx_ino of struct statx

    public static FileIdentity Of(SafeFileHandle file) => Read((int)file.DangerousGetHandle(), "", EmptyPath);

    public static FileIdentity Of(string path) => Read(CurrentDirectory, path, 0);

    private static FileIdentity Read(int directory, string path, int flags)
    {
        var result = stackalloc byte[StatxBytes];
        return statx(directory, path, flags, WantInode, result) == 0 ? new FileIdentity(*(ulong*)(result + InodeAt)) : default;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* result);
}
