using System.Runtime.InteropServices;

namespace MiniKube.Shim;

/// <summary>The kernel refused; the message says what was tried and why not.</summary>
internal sealed class KernelException(string attempt, int error)
    : Exception($"{attempt}: {Marshal.GetPInvokeErrorMessage(error).ToLowerInvariant()}")
{
    public string Attempt { get; } = attempt;

    public int Error { get; } = error;
}
