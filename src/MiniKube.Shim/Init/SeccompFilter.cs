using System.Runtime.InteropServices;

namespace MiniKube.Shim;

/// <summary>
/// The filter of <c>seccompProfile: RuntimeDefault</c>: system calls that reach beyond the container, or have hurt kernels before,
/// fail with EPERM; those younger than this table fail with ENOSYS, as on a kernel without them.
/// https://docs.kernel.org/userspace-api/seccomp_filter.html
/// </summary>
internal static unsafe class SeccompFilter
{
    private const uint ArchitectureX64 = 0xC000003E;
    private const uint Allow = 0x7FFF0000;
    private const uint RefuseNotPermitted = 0x00050000 | Errno.NotPermitted;
    private const uint RefuseNoSystemCall = 0x00050000 | Errno.NoSystemCall;
    private const uint KillProcess = 0x80000000;
    private const uint CallNumberLast = 462;
    private const uint CallClone = 56;
    private const uint CallClone3 = 435;
    private const uint CloneNamespaces = 0x7E020000;
    private const int SysAdmin = 21;

    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfGreater = 0x25;
    private const ushort JumpIfAnyBit = 0x45;
    private const ushort Return = 0x06;
    private const uint OffsetOfNumber = 0;
    private const uint OffsetOfArchitecture = 4;
    private const uint OffsetOfFirstArgument = 16;

    /// <summary>Never, whatever the capabilities.</summary>
    private static readonly uint[] Always =
    [
        134, 136, 139, 153, 156, 167, 168, // uselib ustat sysfs vhangup _sysctl swapon swapoff
        174, 177, 178, 180, 212, 227, // create_module get_kernel_syms query_module nfsservctl lookup_dcookie clock_settime
        246, 248, 249, 250, 305, 313, 320, // kexec_load add_key request_key keyctl clock_adjtime finit_module kexec_file_load
        172, 173, 169, 175, 176, 164, 163, // iopl ioperm reboot init_module delete_module settimeofday acct
        323, 425, 426, 427, // userfaultfd io_uring_setup io_uring_enter io_uring_register
    ];

    /// <summary>Not without CAP_SYS_ADMIN.</summary>
    private static readonly uint[] Administration =
    [
        155, 165, 166, 170, 171, 179, 272, 308, // pivot_root mount umount2 sethostname setdomainname quotactl unshare setns
        298, 304, 321, // perf_event_open open_by_handle_at bpf
        428, 429, 430, 431, 432, 433, 442, 443, 457, 458, // open_tree move_mount fs* mount_setattr quotactl_fd statmount listmount
        312, 310, 311, 237, 238, 239, 256, 279, // kcmp process_vm_* mbind set/get_mempolicy migrate_pages move_pages
    ];

    public static void Install(ulong capabilities)
    {
        var mayAdminister = (capabilities & (1UL << SysAdmin)) != 0;
        var program = Assemble(mayAdminister ? Always : [.. Always, .. Administration], mayAdminister);
        fixed (Instruction* instructions = program)
        {
            var description = new Program { Length = (ushort)program.Length, Instructions = instructions };
            Kernel.InstallFilter(&description);
        }
    }

    private static Instruction[] Assemble(uint[] refused, bool mayAdminister)
    {
        List<Instruction> program =
        [
            new(LoadWord, OffsetOfArchitecture),
            new(JumpIfEqual, ArchitectureX64, True: 1),
            new(Return, KillProcess),
            new(LoadWord, OffsetOfNumber),
            new(JumpIfGreater, CallNumberLast, False: 1), // The x32 numbers are above, too.
            new(Return, RefuseNoSystemCall),
        ];
        foreach (var number in refused)
        {
            program.Add(new(JumpIfEqual, number, False: 1));
            program.Add(new(Return, RefuseNotPermitted));
        }

        if (!mayAdminister)
        {
            // The flags of clone3 are behind a pointer, where a filter cannot look; without it, libraries use clone.
            program.Add(new(JumpIfEqual, CallClone3, False: 1));
            program.Add(new(Return, RefuseNoSystemCall));
            program.Add(new(JumpIfEqual, CallClone, False: 3));
            program.Add(new(LoadWord, OffsetOfFirstArgument));
            program.Add(new(JumpIfAnyBit, CloneNamespaces, False: 1));
            program.Add(new(Return, RefuseNotPermitted));
        }

        program.Add(new(Return, Allow));
        return [.. program];
    }

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte True, byte False, uint Operand)
    {
        public Instruction(ushort code, uint operand, byte True = 0, byte False = 0)
            : this(code, True, False, operand)
        {
        }
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
