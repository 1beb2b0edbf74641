using System.Runtime.InteropServices;
using System.Text;

namespace MiniKube.Shim;

/// <summary>Unix sockets, epoll, terminals and the clock.</summary>
internal static unsafe partial class Kernel
{
    public const uint EventRead = 0x1;
    public const uint EventWrite = 0x4;
    public const uint EventHangUp = 0x10;
    public const uint EventError = 0x8;

    private const int Unix = 1;
    private const int Stream = 1;
    private const int AddressBytes = 110;
    private const int EpollAdd = 1;
    private const int EpollRemove = 2;
    private const int EpollChange = 3;
    private const int EpollEventBytes = 12; // packed on x86-64
    private const nuint TerminalUnlock = 0x40045431; // TIOCSPTLCK
    private const nuint TerminalGetPeer = 0x5441; // TIOCGPTPEER
    private const nuint TerminalSetWindowSize = 0x5414; // TIOCSWINSZ
    private const nuint TerminalSetControlling = 0x540E; // TIOCSCTTY

    /// <summary>Listens on a socket in the working directory: a path of any length would not fit into an address.</summary>
    public static int Listen(string name)
    {
        var descriptor = Check(socket(Unix, Stream | CloseOnExec | NonBlocking, 0), "socket");
        var address = stackalloc byte[AddressBytes];
        new Span<byte>(address, AddressBytes).Clear();
        address[0] = Unix;
        var length = Encoding.ASCII.GetBytes(name, new Span<byte>(address + 2, AddressBytes - 3));
        Check(bind(descriptor, address, (uint)(2 + length + 1)), $"bind {name}");
        Check(listen(descriptor, 64), "listen");
        return descriptor;
    }

    /// <summary>A connection, or null when none waits.</summary>
    public static int? Accept(int listener)
    {
        var descriptor = accept4(listener, null, null, CloseOnExec | NonBlocking);
        return descriptor >= 0 ? descriptor : null;
    }

    public static (int Ours, int Theirs) SocketPair()
    {
        var ends = stackalloc int[2];
        Check(socketpair(Unix, Stream | CloseOnExec, 0, ends), "socketpair");
        return (ends[0], ends[1]);
    }

    public static int CreateEventQueue() => Check(epoll_create1(CloseOnExec), "epoll_create");

    public static void Watch(int queue, int descriptor, uint events, bool isNew)
    {
        var change = stackalloc byte[EpollEventBytes];
        *(uint*)change = events;
        *(long*)(change + 4) = descriptor;
        Check(epoll_ctl(queue, isNew ? EpollAdd : EpollChange, descriptor, change), "epoll_ctl");
    }

    public static void Unwatch(int queue, int descriptor) => _ = epoll_ctl(queue, EpollRemove, descriptor, null);

    /// <summary>Waits and fills in descriptors and their events.</summary>
    public static int WaitForEvents(int queue, Span<(int Descriptor, uint Events)> ready)
    {
        var events = stackalloc byte[EpollEventBytes * ready.Length];
        var count = epoll_wait(queue, events, ready.Length, -1);
        if (count < 0)
        {
            return Marshal.GetLastPInvokeError() == Errno.Interrupted ? 0 : Check(count, "epoll_wait");
        }

        for (var i = 0; i < count; i++)
        {
            ready[i] = ((int)*(long*)(events + (i * EpollEventBytes) + 4), *(uint*)(events + (i * EpollEventBytes)));
        }

        return count;
    }

    /// <summary>The other side of a terminal whose master was opened from /dev/ptmx.</summary>
    public static int OpenTerminalPeer(int master)
    {
        var unlocked = 0;
        Check(ioctl(master, TerminalUnlock, &unlocked), "unlock the terminal");
        return Check(ioctl(master, TerminalGetPeer, (void*)(ReadWrite | NoControllingTerminal | CloseOnExec)), "open the terminal");
    }

    public static void SetTerminalSize(int terminal, int columns, int rows)
    {
        var size = stackalloc ushort[4] { (ushort)rows, (ushort)columns, 0, 0 };
        _ = ioctl(terminal, TerminalSetWindowSize, size);
    }

    public static void SetControllingTerminal(int terminal)
        => Check(ioctl(terminal, TerminalSetControlling, null), "set the controlling terminal");

    /// <summary>Nanoseconds since 1970.</summary>
    public static long Now()
    {
        var time = stackalloc long[2];
        _ = clock_gettime(0, time);
        return (time[0] * 1_000_000_000) + time[1];
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int descriptor, void* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int descriptor, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int descriptor, void* address, void* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* ends);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int queue, int operation, int descriptor, void* change);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int queue, void* events, int max, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, long* time);
}
