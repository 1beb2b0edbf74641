using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MiniKube.Networking;

/// <summary>The system calls .NET has no word for.</summary>
internal static partial class Libc
{
    public const int CloneNewNet = 0x4000_0000;

    private const int AddressFamilyNetlink = 16;
    private const int SocketRaw = 3;
    private const int SocketCloseOnExec = 0x8_0000;
    private const int ProtocolRoute = 0;
    private const int ProtocolNetfilter = 12;
    private const int LevelNetlink = 270;
    private const int OptionExtendedAck = 11;
    private const int OptionCapAck = 10;

    /// <summary>
    /// A netlink socket for routing requests in the calling thread's network namespace, subscribed to the groups.
    /// </summary>
    public static SafeFileHandle OpenRouteSocket(uint groups) => OpenNetlink(ProtocolRoute, groups);

    /// <summary>A netlink socket for the connection tracking of the calling thread's network namespace.</summary>
    public static SafeFileHandle OpenNetfilterSocket() => OpenNetlink(ProtocolNetfilter, groups: 0);

    private static SafeFileHandle OpenNetlink(int protocol, uint groups)
    {
        var handle = socket(AddressFamilyNetlink, SocketRaw | SocketCloseOnExec, protocol);
        Check(handle.IsInvalid ? -1 : 0, "open a netlink socket");
        var on = 1;
        Check(setsockopt(handle, LevelNetlink, OptionCapAck, in on, sizeof(int)), "set up a netlink socket");
        Check(setsockopt(handle, LevelNetlink, OptionExtendedAck, in on, sizeof(int)), "set up a netlink socket");
        var address = new NetlinkAddress { Family = AddressFamilyNetlink, Groups = groups };
        Check(bind(handle, in address, Marshal.SizeOf<NetlinkAddress>()), "bind a netlink socket");
        return handle;
    }

    public static void Send(SafeFileHandle socket, ReadOnlySpan<byte> message)
        => Check((int)send(socket, message, (nuint)message.Length, 0), "send to netlink");

    public static int Receive(SafeFileHandle socket, Span<byte> buffer)
    {
        nint received;
        do
        {
            received = recv(socket, buffer, (nuint)buffer.Length, 0);
        }
        while (received < 0 && Marshal.GetLastPInvokeError() == (int)Errno.EINTR);

        Check((int)received, "read from netlink");
        return (int)received;
    }

    /// <summary>Moves the calling thread, and only it, into a namespace.</summary>
    public static void EnterNamespace(SafeFileHandle ns, int kind, string path)
        => Check(setns(ns, kind), $"enter the network namespace {path}");

    /// <summary>Gives the calling thread, and only it, a network namespace of its own, gone when the thread ends.</summary>
    public static void LeaveNetworkNamespace() => Check(unshare(CloneNewNet), "make a network namespace");

    private static void Check(int result, string attempt)
    {
        if (result < 0)
        {
            throw new NetlinkException(attempt, (Errno)Marshal.GetLastPInvokeError(), null);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeFileHandle socket, int level, int option, in int value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(SafeFileHandle socket, in NetlinkAddress address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(SafeFileHandle socket, ReadOnlySpan<byte> buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(SafeFileHandle socket, Span<byte> buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int kinds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle ns, int kind);

    [StructLayout(LayoutKind.Sequential)]
    private struct NetlinkAddress
    {
        public ushort Family;
        public ushort Padding;
        public uint PortId;
        public uint Groups;
    }
}
