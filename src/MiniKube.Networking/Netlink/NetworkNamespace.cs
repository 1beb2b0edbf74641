using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;

namespace MiniKube.Networking;

/// <summary>
/// Runs a piece of work inside another network namespace. Sockets made there stay there wherever they are used.
/// </summary>
internal static class NetworkNamespace
{
    /// <summary>Opens the namespace file; it keeps the namespace alive until closed.</summary>
    public static SafeFileHandle OpenFile(string path)
        => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    /// <summary>
    /// Runs the work on a thread of its own that enters the namespace and ends afterwards: a thread of the pool must
    /// never come back in a foreign namespace.
    /// </summary>
    public static T Run<T>(string path, Func<T> work)
    {
        using var ns = OpenFile(path);
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Libc.EnterNamespace(ns, Libc.CloneNewNet, path);
                result = work();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        }, maxStackSize: 256 * 1_024)
        {
            IsBackground = true,
            Name = "network namespace",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
