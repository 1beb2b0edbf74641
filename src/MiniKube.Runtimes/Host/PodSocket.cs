using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MiniKube.Runtimes;

/// <summary>
/// TCP connections to localhost inside another network namespace. A socket belongs to the namespace of the thread that makes it and
/// stays there, so one short-lived thread enters the namespace, makes the socket, and ends.
/// </summary>
internal static partial class PodSocket
{
    private const int CloneNewNet = 0x40000000; // sched.h

    /// <summary>Connects to the port at 127.0.0.1, then at ::1.</summary>
    /// <exception cref="RuntimeException">NotFound: the namespace is gone. Failed: nothing listens.</exception>
    public static async Task<Socket> ConnectAsync(string networkNamespace, int port, CancellationToken cancellationToken)
    {
        SocketException? refused = null;
        foreach (var loopback in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            var socket = await OpenAsync(networkNamespace, loopback.AddressFamily);
            try
            {
                await socket.ConnectAsync(loopback, port, cancellationToken);
                socket.NoDelay = true;
                return socket;
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                refused ??= failure;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw Refused(port, refused!);
    }

    public static RuntimeException Refused(int port, SocketException cause)
        => new(RuntimeError.Failed, cause.SocketErrorCode == SocketError.ConnectionRefused
            ? $"nothing listens on port {port} in the pod (connection refused)"
            : $"cannot connect to port {port} in the pod: {cause.Message}", cause);

    private static Task<Socket> OpenAsync(string networkNamespace, AddressFamily family)
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                made.SetResult(OpenOnThisThread(networkNamespace, family));
            }
            catch (Exception failure) when (failure is RuntimeException or SocketException or IOException)
            {
                made.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = "pod-socket",
        };
        thread.Start();
        return made.Task;
    }

    private static Socket OpenOnThisThread(string networkNamespace, AddressFamily family)
    {
        if (!File.Exists(networkNamespace))
        {
            throw new RuntimeException(RuntimeError.NotFound, "the pod does not run");
        }

        using var handle = File.OpenHandle(networkNamespace);
        if (setns((int)handle.DangerousGetHandle(), CloneNewNet) != 0)
        {
            throw new RuntimeException(
                RuntimeError.Failed, $"cannot enter the pod's network: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        return new Socket(family, SocketType.Stream, ProtocolType.Tcp);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kind);
}
