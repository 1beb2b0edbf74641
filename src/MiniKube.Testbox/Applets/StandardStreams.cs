using Microsoft.Win32.SafeHandles;

namespace MiniKube.Testbox;

/// <summary>
/// Descriptors 0, 1 and 2 as they are. The console of .NET would edit lines by itself on a terminal, which is the kernel's job.
/// </summary>
internal static class StandardStreams
{
    public static Stream Input() => Open(0, FileAccess.Read);

    public static Stream Output() => Open(1, FileAccess.Write);

    public static Stream Errors() => Open(2, FileAccess.Write);

    private static FileStream Open(int descriptor, FileAccess access)
        => new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);
}
