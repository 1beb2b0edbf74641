using System.Runtime.InteropServices;

namespace MiniKube.Networking;

/// <summary>
/// The kernel refused a change to the network. The message says what was attempted, the error's name and its meaning.
/// </summary>
public sealed class NetlinkException : Exception
{
    internal NetlinkException(string attempt, Errno errno, string? kernelMessage)
        : base(Describe(attempt, errno, kernelMessage))
        => Errno = errno;

    internal Errno Errno { get; }

    private static string Describe(string attempt, Errno errno, string? kernelMessage)
    {
        var meaning = kernelMessage ?? Marshal.GetPInvokeErrorMessage((int)errno);
        var hint = errno switch
        {
            Errno.EPERM or Errno.EACCES => "; run as root",
            Errno.EOPNOTSUPP => "; this kernel lacks the module for it",
            _ => "",
        };
        return $"cannot {attempt}: {errno} ({meaning}){hint}";
    }
}
