using System.Globalization;

namespace MiniKube;

/// <summary>
/// Where one instance lives, and the lock that lets only one process live there: the store, keys and certificates, images,
/// volumes and logs of the node, leases of addresses, and what was decided at the first start.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    // EWOULDBLOCK: the kernel's word for "somebody else has the lock".
    private const int WouldBlock = 11;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _held;

    private DataDirectory(string root, FileStream held)
    {
        Root = root;
        _held = held;
    }

    public string Root { get; }

    public string Store => Path.Combine(Root, "store");

    public string Pki => Path.Combine(Root, "pki");

    public string Node => Path.Combine(Root, "node");

    public string Runtime => Path.Combine(Root, "runtime");

    public string Network => Path.Combine(Root, "network");

    /// <summary>Where the admin's kubeconfig of a data directory is, unless told otherwise.</summary>
    public static string KubeconfigIn(string root) => Path.Combine(root, "admin.kubeconfig");

    /// <summary>What machines join with, ready to paste.</summary>
    public static string NodeTokenIn(string root) => Path.Combine(root, "node-token");

    /// <summary>Makes the directory if needed and takes it for this process until disposed.</summary>
    /// <exception cref="CommandException">It cannot be made or used, or another process has it.</exception>
    public static DataDirectory Open(string root)
    {
        try
        {
            Directory.CreateDirectory(root, OwnerOnly);
            var held = TryLock(root) ?? throw InUse(root);
            File.WriteAllText(PidFileIn(root), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataDirectory(root, held);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new CommandException(
                $"no permission for the data directory {root}; run as root, or choose another with --data-dir", cause: denied);
        }
    }

    /// <summary>The process that has the directory now, or null when it is free or was never made.</summary>
    public static int? OwnerOf(string root)
    {
        if (!File.Exists(LockFileIn(root)))
        {
            return null;
        }

        using var free = TryLock(root);
        return free is null ? ReadOwner(root) : null;
    }

    /// <summary>A server does not start in the directory of a joined machine.</summary>
    /// <exception cref="CommandException">It is one.</exception>
    public void RefuseIfAgent()
    {
        if (AgentState.Find(Root) is { } agent)
        {
            throw new CommandException(
                $"{Root} belongs to the joined machine {agent.NodeName} (minikube agent); choose another directory with --data-dir");
        }
    }

    /// <summary>A machine does not join from the directory of a server.</summary>
    /// <exception cref="CommandException">It is one.</exception>
    public void RefuseIfServer()
    {
        if (ClusterSettings.Find(Root) is not null)
        {
            throw new CommandException(
                $"{Root} belongs to a server (minikube server), whose machine is a node already; choose another directory with --data-dir");
        }
    }

    public void Dispose()
    {
        File.Delete(PidFileIn(Root));
        _held.Dispose();
    }

    private static string LockFileIn(string root) => Path.Combine(root, "lock");

    private static string PidFileIn(string root) => Path.Combine(root, "pid");

    // The kernel drops the lock with the process, so a crash leaves nothing that must be cleaned up.
    private static FileStream? TryLock(string root)
    {
        try
        {
            return new FileStream(LockFileIn(root), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (taken.HResult == WouldBlock)
        {
            return null;
        }
    }

    private static int? ReadOwner(string root)
        => File.Exists(PidFileIn(root))
            && int.TryParse(File.ReadAllText(PidFileIn(root)), CultureInfo.InvariantCulture, out var pid)
            ? pid
            : null;

    private static CommandException InUse(string root)
    {
        var owner = ReadOwner(root) is { } pid ? $"process {pid}" : "another process";
        return new CommandException(
            $"the data directory {root} is in use by {owner}; "
            + $"stop it with 'minikube stop --data-dir {root}', or choose another with --data-dir");
    }
}
