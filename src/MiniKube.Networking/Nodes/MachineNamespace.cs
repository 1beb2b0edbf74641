namespace MiniKube.Networking;

/// <summary>The network namespace that is this node's machine: that of this process, or the one at a path.</summary>
internal sealed class MachineNamespace(string? path)
{
    public RouteNetlink OpenNetlink() => path is null ? RouteNetlink.Open() : RouteNetlink.OpenIn(path);

    /// <summary>Does the work, and what it starts, inside.</summary>
    public T Run<T>(Func<T> work) => path is null ? work() : NetworkNamespace.Run(path, work);
}
