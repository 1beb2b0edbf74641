namespace MiniKube.Shim;

/// <summary>
/// Starts this program again in another role and process namespace. Between changing the namespace and changing it back nothing
/// but the spawn happens: a thread cannot be started in between.
/// </summary>
internal sealed class ProcessSpawner(bool hostPid)
{
    private const string Self = "/proc/self/exe";

    private readonly int _ownNamespace = Kernel.Open("/proc/self/ns/pid", Kernel.ReadOnly);
    private int? _sharedNamespace;
    private int? _pause;

    /// <summary>True when the end of a container's first process is the end of all its processes.</summary>
    public bool HasOwnProcesses => !hostPid && _sharedNamespace is null;

    /// <summary>From now on all containers are started into one process namespace.</summary>
    public void ShareProcessNamespace()
    {
        Kernel.Unshare(Kernel.NamespacePid);
        _pause = Spawn("pause", [0, 1, 2]);
        Kernel.Enter(_ownNamespace, Kernel.NamespacePid);
        _sharedNamespace = Kernel.Open($"/proc/{_pause}/ns/pid", Kernel.ReadOnly);
    }

    /// <summary>Kills all processes of the shared namespace, if there is one.</summary>
    public void EndSharedProcesses()
    {
        if (_pause is { } pause)
        {
            Kernel.Signal(pause, Kernel.SignalKill);
        }
    }

    /// <summary>Starts a container's first process.</summary>
    public int StartInit(ReadOnlySpan<int> descriptors)
    {
        if (hostPid)
        {
            return Spawn("init", descriptors);
        }

        if (_sharedNamespace is { } shared)
        {
            return SpawnInto(shared, "init", descriptors);
        }

        Kernel.Unshare(Kernel.NamespacePid);
        try
        {
            return Spawn("init", descriptors);
        }
        finally
        {
            Kernel.Enter(_ownNamespace, Kernel.NamespacePid);
        }
    }

    /// <summary>Starts a container's first process among the processes of another container.</summary>
    public int StartInitBeside(int containerPid, ReadOnlySpan<int> descriptors) => SpawnBeside(containerPid, "init", descriptors);

    /// <summary>Starts a process that belongs to a container's processes.</summary>
    public int StartExec(int containerPid, ReadOnlySpan<int> descriptors) => SpawnBeside(containerPid, "exec", descriptors);

    private int SpawnBeside(int containerPid, string role, ReadOnlySpan<int> descriptors)
    {
        var processes = Kernel.Open($"/proc/{containerPid}/ns/pid", Kernel.ReadOnly);
        try
        {
            return SpawnInto(processes, role, descriptors);
        }
        finally
        {
            Kernel.Close(processes);
        }
    }

    private int SpawnInto(int processes, string role, ReadOnlySpan<int> descriptors)
    {
        Kernel.Enter(processes, Kernel.NamespacePid);
        try
        {
            return Spawn(role, descriptors);
        }
        finally
        {
            Kernel.Enter(_ownNamespace, Kernel.NamespacePid);
        }
    }

    private static int Spawn(string role, ReadOnlySpan<int> descriptors)
        => Kernel.Spawn(Self, ["minikube-shim", role], descriptors);
}
