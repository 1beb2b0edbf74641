using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MiniKube.Networking;

/// <summary>
/// Sends a datagram from a chosen one of this machine's addresses over a socket bound to all of them: a client that
/// asked one address takes no answer from another. ip(7), IP_PKTINFO.
/// </summary>
internal static unsafe partial class SourcedDatagram
{
    private const int DontWait = 0x40;
    private const int LevelIP = 0;
    private const int PacketInfo = 8;
    private const ushort FamilyIPv4 = 2;

    /// <summary>False when the kernel did not take it; like any datagram it is then lost.</summary>
    public static bool TrySend(Socket socket, ReadOnlySpan<byte> payload, IPEndPoint to, IPAddress from)
    {
        var destination = new SocketAddressIPv4
        {
            Family = FamilyIPv4,
            Port = (ushort)IPAddress.HostToNetworkOrder((short)to.Port),
            Address = RawAddress(to.Address),
        };
        var control = new SourceControl
        {
            Length = (nuint)(sizeof(SourceControl) - sizeof(int)),
            Level = LevelIP,
            Type = PacketInfo,
            Source = RawAddress(from),
        };
        fixed (byte* bytes = payload)
        {
            var vector = new IOVector { Start = bytes, Length = (nuint)payload.Length };
            var message = new MessageHeader
            {
                Name = &destination,
                NameLength = (uint)sizeof(SocketAddressIPv4),
                Vectors = &vector,
                VectorCount = 1,
                Control = &control,
                ControlLength = (nuint)sizeof(SourceControl),
            };
            return sendmsg(socket.SafeHandle, &message, DontWait) >= 0;
        }
    }

    private static uint RawAddress(IPAddress address)
    {
        uint raw = 0;
        address.TryWriteBytes(new Span<byte>(&raw, sizeof(uint)), out _);
        return raw;
    }

    [LibraryImport("libc")]
    private static partial nint sendmsg(SafeHandle socket, MessageHeader* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct SocketAddressIPv4
    {
        public ushort Family;
        public ushort Port;
        public uint Address;
        public ulong Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct IOVector
    {
        public byte* Start;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public void* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>A control message header with its <c>in_pktinfo</c>, padded to eight bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SourceControl
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int LinkIndex;
        public uint Source;
        public uint Destination;
        public int Padding;
    }
}
