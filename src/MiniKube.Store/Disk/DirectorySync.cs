using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MiniKube.Store;

/// <summary>
/// fsync of a directory, which makes the names in it durable. .NET refuses to open a directory, so this asks the C
/// library. https://man7.org/linux/man-pages/man2/fsync.2.html
/// </summary>
public static class DirectorySync
{
    private const int OpenReadOnly = 0;

    /// <summary>Returns when every name made, changed or removed in the directory so far is on the disk itself.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public static void Sync(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS keeps names in its own journal and has no such call.
        }

        var descriptor = Open(path, OpenReadOnly);
        if (descriptor < 0)
        {
            throw Failed("opening", path);
        }

        try
        {
            if (FileSync(descriptor) < 0)
            {
                throw Failed("flushing", path);
            }
        }
        finally
        {
            // The flush is done or has failed; closing a descriptor that only reads loses nothing.
            Close(descriptor);
        }
    }

    private static IOException Failed(string doing, string path)
        => new($"{doing} directory {path} failed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FileSync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
