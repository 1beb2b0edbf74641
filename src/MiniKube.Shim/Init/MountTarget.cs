using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>
/// Mounts inside a container's root before it is entered. The image decides what is there, so every path is opened as a process
/// with that root would see it and the mount is made on the descriptor: a link in the image cannot lead a mount out.
/// </summary>
internal sealed class MountTarget(int root)
{
    /// <summary>Mounts a file system of the kernel's on a directory, which is made if missing.</summary>
    public void Mount(string source, string path, string type, ulong flags, string? options = null)
    {
        MakeDirectory(path);
        OnOpened(path, target => Kernel.Mount(source, target, type, flags, options));
    }

    /// <summary>Shows a file or directory of the node at a path, which is made if missing.</summary>
    public void Bind(string source, string path, bool readOnly, MountPropagation propagation)
    {
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
            if (!TryOpen($"{made}/{part}", Kernel.DirectoryOnly))
            {
                WithParent(made, parent => Kernel.MakeDirectoryAt(parent, part, 0b111_101_101));
            }

            made = $"{made}/{part}";
        }
    }

    private void MakeFile(string path)
    {
        if (Exists(path))
        {
            return;
        }

        var slash = path.LastIndexOf('/');
        MakeDirectory(path[..slash]);
        WithParent(path[..(slash + 1)], parent => Kernel.Close(
            Kernel.OpenAt(parent, path[(slash + 1)..], Kernel.WriteOnly | Kernel.Create | Kernel.NoFollow, 0b110_100_100)));
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

    private void WithParent(string path, Action<int> act)
    {
        var parent = Kernel.OpenInRoot(root, path, Kernel.PathOnly | Kernel.DirectoryOnly);
        act(parent);
        Kernel.Close(parent);
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
