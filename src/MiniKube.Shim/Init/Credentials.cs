using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>Gives up every right the process is not to have. After this there is no way back.</summary>
internal static class Credentials
{
    private const int DropFromBoundingSet = 24;
    private const int SetNoNewPrivileges = 38;
    private const int KeepCapabilities = 8;
    private const int Ambient = 47;
    private const nuint AmbientClear = 4;
    private const int CapabilityLast = 40;

    public static void Apply(ProcessStart process, UserIdentity identity, bool privileged)
    {
        var allowed = process.Capabilities & Kernel.PermittedCapabilities();
        if (process.NoNewPrivileges)
        {
            Kernel.Control(SetNoNewPrivileges, 1, "set no_new_privs");
        }
        else if (process.Seccomp && !privileged)
        {
            SeccompFilter.Install(process.Capabilities); // Needs a right that is about to go.
        }

        DropBounding(allowed);
        ChangeUser(identity);
        Kernel.SetCapabilities(identity.User == 0 ? allowed : 0);
        if (process.NoNewPrivileges && process.Seccomp && !privileged)
        {
            SeccompFilter.Install(process.Capabilities);
        }
    }

    private static void DropBounding(ulong allowed)
    {
        Kernel.TryControl(Ambient, AmbientClear);
        for (var capability = 0; capability <= CapabilityLast; capability++)
        {
            if ((allowed & (1UL << capability)) == 0)
            {
                Kernel.TryControl(DropFromBoundingSet, (nuint)capability); // One this kernel does not know cannot be had either.
            }
        }
    }

    private static void ChangeUser(UserIdentity identity)
    {
        Kernel.TryControl(KeepCapabilities, 0);
        Kernel.SetGroups(identity.Groups);
        Kernel.SetGroup(identity.Group);
        Kernel.SetUser(identity.User);
    }
}
