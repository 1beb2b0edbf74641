using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>
/// Owns a sandbox: holds its namespaces by being in them, is the parent of its containers, writes their logs and tells the
/// runtime, over a socket, when one ends. It outlives the runtime and is found again by it.
/// </summary>
internal sealed class SandboxMonitor
{
    private readonly EventLoop _loop = new();
    private readonly Dictionary<string, Container> _containers = [];
    private readonly Dictionary<int, Action<int>> _children = [];
    private readonly HashSet<ClientConnection> _watchers = [];
    private readonly ProcessSpawner _spawner;
    private readonly int _listener;
    private readonly int _childSignals;

    private SandboxMonitor(ProcessSpawner spawner, int listener)
    {
        _spawner = spawner;
        _listener = listener;
        _childSignals = Kernel.OpenChildSignals();
        _loop.Watch(_childSignals, Kernel.EventRead, _ => ReapChildren());
        _loop.Watch(_listener, Kernel.EventRead, _ => AcceptClients());
    }

    public EventLoop Loop => _loop;

    /// <summary>Makes the namespaces and listens; when this returns the sandbox is ready.</summary>
    public static SandboxMonitor Create(SandboxStart start)
    {
        Kernel.ReserveDescriptors(below: 10);
        Kernel.IgnoreSignal(Kernel.SignalPipe);
        Kernel.SetFileCreationMask(0);
        Kernel.ChangeDirectory(start.Directory);
        SandboxNamespaces.Make(start);
        var spawner = new ProcessSpawner(start.HostPid);
        if (start.ShareProcessNamespace && !start.HostPid)
        {
            spawner.ShareProcessNamespace();
        }

        return new SandboxMonitor(spawner, Kernel.Listen(SandboxFiles.Socket));
    }

    public void Run() => _loop.Run();

    public void Start(ContainerStart start, ClientConnection client)
    {
        if (_containers.ContainsKey(start.Key))
        {
            client.Fail(FailureKind.Failed, $"container {start.Key} exists already");
            return;
        }

        if (start.ProcessesOf.Length > 0 && _containers.GetValueOrDefault(start.ProcessesOf) is not { Running: true })
        {
            client.Fail(FailureKind.NotFound, $"container {start.ProcessesOf} does not run");
            return;
        }

        int? beside = start.ProcessesOf.Length > 0 ? _containers[start.ProcessesOf].Pid : null;
        var container = new Container(start, _loop);
        container.Started += failure => OnStarted(container, failure, client);
        container.Ended += OnEnded;
        try
        {
            container.Start(_spawner, beside);
            _containers.Add(start.Key, container);
            _children.Add(container.Pid, container.OnExited);
        }
        catch (KernelException failure)
        {
            client.Fail(FailureKind.Failed, failure.Message);
        }
    }

    public void Execute(ExecStart start, ClientConnection client)
    {
        if (Find(start.Key, client) is not { Running: true } container)
        {
            return;
        }

        try
        {
            var session = new ExecSession(start, container, client, _loop);
            session.Start(_spawner);
            _children.Add(session.Pid, session.OnExited);
        }
        catch (KernelException failure)
        {
            client.Fail(FailureKind.Failed, failure.Message);
        }
    }

    public void Attach(AttachStart start, ClientConnection client)
    {
        if (Find(start.Key, client) is { } container)
        {
            container.Attach(start, client);
        }
    }

    public void Signal(string key, int signal, ClientConnection client)
    {
        if (_containers.GetValueOrDefault(key) is { Running: true } container)
        {
            container.Signal(signal);
        }

        client.Done();
    }

    public void List(ClientConnection client)
        => client.Done(writer => writer.WriteList([.. _containers.Values], static (to, container) => container.State.Write(to)));

    public void Forget(string key, ClientConnection client)
    {
        if (_containers.GetValueOrDefault(key) is { Running: false })
        {
            _containers.Remove(key);
        }

        client.Done();
    }

    public void Watch(ClientConnection client)
    {
        _watchers.Add(client);
        client.Done();
    }

    public void WaitLog(string key, LogState known, ClientConnection client)
    {
        if (Find(key, client) is { } container)
        {
            container.Log.WhenOther(known, client);
        }
    }

    public void OnClosed(ClientConnection client) => _watchers.Remove(client);

    /// <summary>Kills everything and ends; whatever is left dies with us.</summary>
    public void Shutdown()
    {
        foreach (var container in _containers.Values.Where(static container => container.Running))
        {
            container.Signal(Kernel.SignalKill);
        }

        _spawner.EndSharedProcesses();
        while (Kernel.WaitForChild())
        {
            ReapChildren();
        }

        _loop.End();
    }

    private Container? Find(string key, ClientConnection client)
    {
        var container = _containers.GetValueOrDefault(key);
        if (container is null)
        {
            client.Fail(FailureKind.NotFound, $"there is no container {key}");
        }

        return container;
    }

    private void OnStarted(Container container, (FailureKind Kind, string Message)? failure, ClientConnection client)
    {
        if (failure is not var (kind, message))
        {
            client.Done(container.State.Write);
            return;
        }

        _containers.Remove(container.Key);
        client.Fail(kind, message);
    }

    private void OnEnded(Container container)
    {
        foreach (var watcher in _watchers)
        {
            watcher.Send(Wire.Frame(FrameKind.Changed, container.State.Write));
        }
    }

    private void AcceptClients()
    {
        while (Kernel.Accept(_listener) is { } descriptor)
        {
            new ClientConnection(descriptor, this).Open();
        }
    }

    private void ReapChildren()
    {
        Span<byte> signals = stackalloc byte[128];
        while (Kernel.Read(_childSignals, signals) is > 0)
        {
        }

        // Orphans of containers that see the node's processes come to us too; they only need to be buried.
        while (Kernel.ReapChild() is var (pid, exitCode))
        {
            if (_children.Remove(pid, out var onExited))
            {
                onExited(exitCode);
            }
        }
    }
}
