using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>A container from its start to its end: its first process, its output and what became of it.</summary>
internal sealed class Container
{
    private readonly ContainerStart _start;
    private readonly EventLoop _loop;
    private readonly ChildChannel _channel;
    private readonly List<OutputPump> _pumps = [];
    private readonly List<AttachSession> _attached = [];
    private (FailureKind, string)? _failure;
    private bool _ownProcesses;
    private int? _stdin;
    private int? _terminal;

    public Container(ContainerStart start, EventLoop loop)
    {
        (_start, _loop) = (start, loop);
        _channel = new ChildChannel(loop, OnTerminal, OnFailed, OnStarted);
        Log = new LogFile($"{start.Directory}/{SandboxFiles.Log}");
        State = new ContainerState(start.Key, 0, 0, 0, 0, false);
    }

    /// <summary>The program runs, or why not.</summary>
    public event Action<(FailureKind, string)?>? Started;

    /// <summary>The container ended and its log is complete.</summary>
    public event Action<Container>? Ended;

    public string Key => _start.Key;

    public int Pid { get; private set; }

    public ContainerState State { get; private set; }

    public bool Running => State is { Started: > 0, Finished: 0 };

    public LogFile Log { get; }

    public ContainerStart Specification => _start;

    /// <param name="spawner">Starts the process.</param>
    /// <param name="beside">The first process of a container whose process namespace it joins; null for none.</param>
    public void Start(ProcessSpawner spawner, int? beside)
    {
        _ownProcesses = beside is null && spawner.HasOwnProcesses;
        var streams = ContainerStreams.Open(_start.Process);
        var config = Kernel.MemoryFile("container", Serialize());
        var channel = _channel.Create();
        _stdin = streams.In;
        PumpToLog(streams.Out, "stdout");
        PumpToLog(streams.Err, "stderr");
        try
        {
            int[] descriptors = [streams.ChildIn, streams.ChildOut, streams.ChildErr, channel, config];
            Pid = beside is { } neighbour ? spawner.StartInitBeside(neighbour, descriptors) : spawner.StartInit(descriptors);
            State = State with { Pid = Pid };
            Confine();
            _channel.Begin();
        }
        catch
        {
            _channel.Discard();
            CloseStreams();
            throw;
        }
        finally
        {
            streams.CloseChildEnds();
            Kernel.Close(channel);
            Kernel.Close(config);
        }
    }

    public void Signal(int signal)
    {
        Kernel.Signal(Pid, signal);
        if (signal == Kernel.SignalKill && !_ownProcesses)
        {
            CgroupProcesses.KillAll(_start.CgroupProcsFiles);
        }
    }

    /// <summary>Connects a client to the streams, from now on.</summary>
    public void Attach(AttachStart start, ClientConnection client)
    {
        if (!Running)
        {
            client.Fail(FailureKind.NotFound, $"container {Key} does not run");
            return;
        }

        var session = new AttachSession(start, this, client);
        _attached.Add(session);
        session.Start(_loop, _stdin, _start.Process.Terminal ? _terminal : null);
    }

    /// <summary>A client has room again, or left.</summary>
    public void OnDrained()
    {
        if (!_attached.Exists(static session => session.Full))
        {
            _pumps.ForEach(static pump => pump.Pause(false));
        }
    }

    public void Detach(AttachSession session)
    {
        _attached.Remove(session);
        OnDrained();
    }

    /// <summary>The first who attached to the input has left it.</summary>
    public void EndInput()
    {
        if (_start.StdinOnce && !_start.Process.Terminal && _stdin is { } stdin)
        {
            Kernel.Close(stdin);
            _stdin = null;
        }
    }

    public void OnExited(int exitCode)
    {
        _channel.Finish();
        _pumps.ForEach(static pump => pump.Drain());
        CloseStreams();
        if (_failure is { } failure)
        {
            Started?.Invoke(failure);
            return;
        }

        if (!_ownProcesses)
        {
            CgroupProcesses.KillAll(_start.CgroupProcsFiles);
        }

        Array.ForEach([.. _attached], static session => session.OnEnded());
        var oomKilled = exitCode == 128 + Kernel.SignalKill && CgroupProcesses.CountOomKills(_start.OomCountFile) > 0;
        State = State with { Finished = Kernel.Now(), ExitCode = exitCode, OomKilled = oomKilled };
        ExitRecord.Write(_start.Directory, State);
        Ended?.Invoke(this);
    }

    // The child waits until it is where it belongs, so nothing of the container is ever outside.
    private void Confine()
    {
        try
        {
            foreach (var file in _start.CgroupProcsFiles)
            {
                Kernel.WriteFile(file, $"{Pid}");
            }
        }
        catch (KernelException)
        {
            Kernel.Signal(Pid, Kernel.SignalKill);
            throw;
        }

        try
        {
            Kernel.WriteFile($"/proc/{Pid}/oom_score_adj", $"{_start.OomScoreAdj}");
        }
        catch (KernelException)
        {
            // Lowering needs CAP_SYS_RESOURCE, which we may not have; the present value stays.
        }
    }

    private void OnTerminal(BinaryReader message)
    {
        var process = Kernel.OpenProcess(Pid);
        var master = message.ReadInt32();
        _terminal = Kernel.TakeDescriptor(process, master);
        _stdin = _start.Process.Stdin ? _terminal : null;
        PumpToLog(Kernel.TakeDescriptor(process, master), "stdout");
        Kernel.Close(process);
        _channel.Proceed();
    }

    private void OnFailed(FailureKind kind, string message) => _failure = (kind, message);

    private void OnStarted()
    {
        State = State with { Started = Kernel.Now() };
        Started?.Invoke(null);
    }

    private void CloseStreams()
    {
        _pumps.ForEach(static pump => pump.Close());
        foreach (var descriptor in new HashSet<int?> { _stdin, _terminal })
        {
            if (descriptor is { } open)
            {
                Kernel.Close(open);
            }
        }

        (_stdin, _terminal) = (null, null);
        Log.End();
    }

    private void PumpToLog(int? descriptor, string stream)
    {
        if (descriptor is { } from)
        {
            _pumps.Add(new OutputPump(from, _loop, bytes => Take(stream, bytes), static () => { }));
        }
    }

    private void Take(string stream, ReadOnlySpan<byte> bytes)
    {
        Log.Write(stream, bytes);
        foreach (var session in _attached.ToArray())
        {
            session.Send(stream == "stdout" ? FrameKind.Stdout : FrameKind.Stderr, bytes);
        }

        if (_attached.Exists(static session => session.Full))
        {
            _pumps.ForEach(static pump => pump.Pause(true));
        }
    }

    private byte[] Serialize()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        _start.Write(writer);
        writer.Flush();
        return stream.ToArray();
    }
}
