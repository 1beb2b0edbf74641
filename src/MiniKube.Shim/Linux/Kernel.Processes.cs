using System.Runtime.InteropServices;

namespace MiniKube.Shim;

/// <summary>Processes, signals and rights.</summary>
internal static unsafe partial class Kernel
{
    public const int SignalKill = 9;
    public const int SignalPipe = 13;
    public const int SignalChild = 17;
    public const int SignalsMax = 64;

    private const int SignalSetBytes = 128;
    private const int AttributesBytesMax = 512; // posix_spawnattr_t has 336 in glibc.
    private const int ActionsBytesMax = 256; // posix_spawn_file_actions_t has 80.
    private const short SpawnSetDefaults = 0x04;
    private const short SpawnSetMask = 0x08;
    private const short SpawnSetSession = 0x80;
    private const nint PidfdOpenNumber = 434;
    private const nint PidfdGetFdNumber = 438;
    private const nint CapSetNumber = 126;
    private const nint CapGetNumber = 125;
    private const uint CapabilityVersion3 = 0x20080522;

    /// <summary>
    /// Starts a program with nothing of ours but the descriptors given, which become 0, 1, 2, ... there. The child has default
    /// signals and no environment.
    /// </summary>
    public static int Spawn(string path, string[] arguments, ReadOnlySpan<int> descriptors)
    {
        var actions = stackalloc byte[ActionsBytesMax];
        var attributes = stackalloc byte[AttributesBytesMax];
        var signals = stackalloc byte[SignalSetBytes];
        posix_spawn_file_actions_init(actions);
        posix_spawnattr_init(attributes);
        try
        {
            for (var target = 0; target < descriptors.Length; target++)
            {
                // Ours are all above (see ReserveDescriptors), so none is overwritten before it is copied.
                posix_spawn_file_actions_adddup2(actions, descriptors[target], target);
            }

            new Span<byte>(signals, SignalSetBytes).Clear();
            posix_spawnattr_setsigmask(attributes, signals);
            new Span<byte>(signals, SignalsMax / 8).Fill(0xFF);
            posix_spawnattr_setsigdefault(attributes, signals);
            posix_spawnattr_setflags(attributes, SpawnSetDefaults | SpawnSetMask | SpawnSetSession);
            int pid;
            var error = posix_spawn(&pid, path, actions, attributes, [.. arguments, null], [null]);
            return error == 0 ? pid : throw new KernelException("start a process", error);
        }
        finally
        {
            posix_spawn_file_actions_destroy(actions);
            posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Becomes another program; returns the error when that fails.</summary>
    public static int Execute(string path, string?[] arguments, string?[] environment)
        => execve(path, arguments, environment) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>The next child that ended and its status, 128 + n for signal n; null when none has.</summary>
    public static (int Pid, int ExitCode)? ReapChild()
    {
        int status;
        var pid = waitpid(-1, &status, 1);
        if (pid <= 0)
        {
            return null; // WNOHANG: it does not wait, so no signal comes in between.
        }

        return (pid, (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F));
    }

    /// <summary>Waits until a child has ended, without burying it; false when there are no children.</summary>
    public static bool WaitForChild()
    {
        var information = stackalloc byte[128];
        return waitid(0, 0, information, 0x01000004) == 0; // P_ALL, WEXITED | WNOWAIT
    }

    /// <summary>Sends a signal; a process that is gone is fine.</summary>
    public static void Signal(int pid, int signal) => _ = kill(pid, signal);

    public static int OpenProcess(int pid) => Check((int)syscall2(PidfdOpenNumber, pid, 0), "pidfd_open");

    /// <summary>A copy of a descriptor of another process.</summary>
    public static int TakeDescriptor(int process, int descriptor)
        => Check((int)syscall5(PidfdGetFdNumber, process, descriptor, 0, 0, 0), "pidfd_getfd");

    public static void BlockChildSignal()
    {
        var signals = stackalloc byte[SignalSetBytes];
        ChildSignal(signals);
        Check(sigprocmask(0, signals, null), "sigprocmask");
    }

    /// <summary>A descriptor that is readable when a child ended. The signal must be blocked in every thread.</summary>
    public static int OpenChildSignals()
    {
        var signals = stackalloc byte[SignalSetBytes];
        ChildSignal(signals);
        return Check(signalfd(-1, signals, CloseOnExec | NonBlocking), "signalfd");
    }

    public static void IgnoreSignal(int signal) => _ = SetSignalHandler(signal, 1);

    public static void RestoreSignal(int signal) => _ = SetSignalHandler(signal, 0);

    public static void StartSession() => _ = setsid();

    public static void Control(int option, nuint argument, string attempt)
        => Check(prctl(option, argument, 0, 0, 0), attempt);

    public static bool TryControl(int option, nuint argument, nuint second = 0) => prctl(option, argument, second, 0, 0) == 0;

    public static void InstallFilter(void* program) => Check(prctl(22, 2, (nuint)program, 0, 0), "install the seccomp filter");

    public static void SetGroups(uint[] groups)
    {
        fixed (uint* list = groups)
        {
            Check(setgroups((nuint)groups.Length, list), "setgroups");
        }
    }

    public static void SetGroup(uint group) => Check(setresgid(group, group, group), "setgid");

    public static void SetUser(uint user) => Check(setresuid(user, user, user), "setuid");

    /// <summary>Effective and permitted of this thread; inheritable becomes empty.</summary>
    public static void SetCapabilities(ulong capabilities)
    {
        var header = stackalloc uint[2] { CapabilityVersion3, 0 };
        var (low, high) = ((uint)capabilities, (uint)(capabilities >> 32));
        var data = stackalloc uint[6] { low, low, 0, high, high, 0 };
        Check((int)syscall2(CapSetNumber, (nint)header, (nint)data), "capset");
    }

    public static ulong PermittedCapabilities()
    {
        var header = stackalloc uint[2] { CapabilityVersion3, 0 };
        var data = stackalloc uint[6];
        Check((int)syscall2(CapGetNumber, (nint)header, (nint)data), "capget");
        return data[1] | ((ulong)data[4] << 32);
    }

    private static void ChildSignal(byte* signals)
    {
        new Span<byte>(signals, SignalSetBytes).Clear();
        ((ulong*)signals)[0] = 1UL << (SignalChild - 1);
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(void* actions, int descriptor, int target);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(
        int* pid, string path, void* actions, void* attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execve(string path, string?[] arguments, string?[] environment);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int kind, int id, void* information, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sigprocmask(int how, void* signals, void* before);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int signalfd(int descriptor, void* signals, int flags);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint SetSignalHandler(int signal, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setgroups(nuint count, uint* groups);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setresuid(uint real, uint effective, uint saved);
}
