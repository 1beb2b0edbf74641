using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MiniKube.Networking;

namespace MiniKube.Testing;

/// <summary>A network namespace that lives as long as this object and has no name on the machine.</summary>
public sealed partial class TestNamespace : IDisposable
{
    private const int CloneNewNet = 0x4000_0000;

    private readonly SafeFileHandle _handle;

    private TestNamespace(SafeFileHandle handle) => _handle = handle;

    /// <summary>A path that opens the namespace, within this process.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}";

    public static TestNamespace Create()
    {
        SafeFileHandle? handle = null;
        var error = 0;
        var thread = new Thread(() =>
        {
            error = unshare(CloneNewNet) == 0 ? 0 : Marshal.GetLastPInvokeError();
            handle = error == 0 ? File.OpenHandle("/proc/thread-self/ns/net") : null;
        });
        thread.Start();
        thread.Join();
        return new TestNamespace(handle ?? throw new InvalidOperationException($"cannot make a network namespace: errno {error}"));
    }

    /// <summary>Runs the work inside; sockets made there stay there.</summary>
    public T Run<T>(Func<T> work) => NetworkNamespace.Run(Path, work);

    /// <summary>A TCP socket inside that listens on every address.</summary>
    public Socket Listen(int port)
        => Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen();
            return socket;
        });

    /// <summary>An unconnected socket inside.</summary>
    public Socket NewSocket(ProtocolType protocol)
        => Run(() => new Socket(
            AddressFamily.InterNetwork, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol));

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);
}
