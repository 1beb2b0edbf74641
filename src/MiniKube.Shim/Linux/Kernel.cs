using System.Runtime.InteropServices;

namespace MiniKube.Shim;

/// <summary>
/// The system calls, one thin method each: they check the result and turn a failure into a <see cref="KernelException"/>. The
/// shim has one thread and calls them from there only.
/// </summary>
internal static unsafe partial class Kernel
{
    private static int Check(int result, string attempt)
        => result >= 0 ? result : throw new KernelException(attempt, Marshal.GetLastPInvokeError());
}
