using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>
/// Mounts inside a container's root before it is entered. The image decides what is there, so every path is opened as a process
/// with that root would see it and the mount is made on the descriptor: a link in the image cannot lead a mount out.
/// </summary>
internal sealed class MountTarget(int root)
{
    private const int LinksMax = 40; // As the kernel follows in one path.

    private int _linksFollowed;

    /// <summary>Mounts a file system of the kernel's on a directory, which is made if missing.</summary>
    public void Mount(string source, string path, string type, ulong flags, string? options = null)
    {
        MakeDirectory(path);
        OnOpened(path, target => Kernel.Mount(source, target, type, flags, options));
    }

    /// <summary>Shows a file or directory of the node at a path, which is made if missing.</summary>
    public void Bind(string source, string path, bool readOnly, MountPropagation propagation)
    {
        _linksFollowed = 0;
        var isFile = File.Exists(source);
        if (isFile)
        {
            MakeFile(path);
        }
        else
        {
            MakeDirectory(path);
        }

        OnOpened(path, target => Kernel.Mount(source, target, null, Kernel.MountBind | Kernel.MountRecursive));
        // Opened again, because now the path leads to the mount.
        OnOpened(path, target => Kernel.Mount("", target, null, Kernel.MountRecursive | Flag(propagation)));
        if (readOnly)
        {
            OnOpened(path, static target => MakeReadOnly(target));
        }
    }

    /// <summary>Covers what is at a path, if there is anything.</summary>
    public void Cover(string source, string path, string? type, ulong flags)
    {
        if (Exists(path))
        {
            OnOpened(path, target => Kernel.Mount(source, target, type, flags));
        }
    }

    public void ProtectFromWriting(string path)
    {
        if (Exists(path))
        {
            OnOpened(path, static target => Kernel.Mount(target, target, null, Kernel.MountBind | Kernel.MountRecursive));
            OnOpened(path, static target => MakeReadOnly(target));
        }
    }

    public bool IsDirectory(string path) => TryOpen(path, Kernel.DirectoryOnly);

    public void MakeDirectory(string path)
    {
        var made = "/";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = made == "/" ? $"/{part}" : $"{made}/{part}";
            if (!TryOpen(next, Kernel.DirectoryOnly))
            {
                FollowOr(next, MakeDirectory, parent => Kernel.MakeDirectoryAt(parent, part, 0b111_101_101));
            }

            made = next;
        }
    }

    private void MakeFile(string path)
    {
        if (Exists(path))
        {
            return;
        }

        var (directory, name) = Split(path);
        MakeDirectory(directory);
        FollowOr(path, MakeFile, parent => Kernel.Close(
            Kernel.OpenAt(parent, name, Kernel.WriteOnly | Kernel.Create | Kernel.NoFollow, 0b110_100_100)));
    }

    // Images have links to what only a running system has (/etc/resolv.conf into /run): what they lead to is made then.
    private void FollowOr(string path, Action<string> follow, Action<int> make)
    {
        var (directory, name) = Split(path);
        var parent = Kernel.OpenInRoot(root, directory, Kernel.PathOnly | Kernel.DirectoryOnly);
        try
        {
            if (Kernel.ReadLink(parent, name) is not { } target)
            {
                make(parent);
                return;
            }

            if (++_linksFollowed > LinksMax)
            {
                throw new KernelException($"{path} leads through too many links", Errno.Loop);
            }

            follow(Path.GetFullPath(Path.Combine(directory, target)));
        }
        finally
        {
            Kernel.Close(parent);
        }
    }

    private static (string Directory, string Name) Split(string path)
    {
        var slash = path.LastIndexOf('/');
        return (slash <= 0 ? "/" : path[..slash], path[(slash + 1)..]);
    }

    private static void MakeReadOnly(string target)
        => Kernel.Mount("", target, null, Kernel.MountBind | Kernel.MountRemount | Kernel.MountReadOnly | Kernel.KeptFlags(target));

    private static ulong Flag(MountPropagation propagation) => propagation switch
    {
        MountPropagation.HostToContainer => Kernel.MountSlave,
        MountPropagation.Bidirectional => Kernel.MountShared,
        _ => Kernel.MountPrivate,
    };

    private bool Exists(string path) => TryOpen(path, 0);

    private bool TryOpen(string path, int flags)
    {
        if (Kernel.TryOpenInRoot(root, path, Kernel.PathOnly | flags) is not { } descriptor)
        {
            return false;
        }

        Kernel.Close(descriptor);
        return true;
    }

    private void OnOpened(string path, Action<string> act)
    {
        var target = Kernel.OpenInRoot(root, path, Kernel.PathOnly);
        try
        {
            act($"/proc/self/fd/{target}");
        }
        catch (KernelException failure)
        {
            throw new KernelException($"{path}: {failure.Attempt}", failure.Error);
        }
        finally
        {
            Kernel.Close(target);
        }
    }
}
