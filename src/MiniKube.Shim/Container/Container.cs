using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>A container from its start to its end: its first process, its output and what became of it.</summary>
internal sealed class Container
{
    private readonly ContainerStart _start;
    private readonly EventLoop _loop;
    private readonly ChildChannel _channel;
    private readonly List<OutputPump> _pumps = [];
    private (FailureKind, string)? _failure;
    private bool _ownProcesses;
    private int? _stdin;

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

    public void Start(ProcessSpawner spawner)
    {
        _ownProcesses = spawner.HasOwnProcesses;
        var streams = ContainerStreams.Open(_start.Process);
        var config = Kernel.MemoryFile("container", Serialize());
        var channel = _channel.Create();
        _stdin = streams.In;
        PumpToLog(streams.Out, "stdout");
        PumpToLog(streams.Err, "stderr");
        try
        {
            Pid = spawner.StartInit([streams.ChildIn, streams.ChildOut, streams.ChildErr, channel, config]);
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
        var master = Kernel.TakeDescriptor(process, message.ReadInt32());
        Kernel.Close(process);
        PumpToLog(master, "stdout");
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
        if (_stdin is { } stdin)
        {
            Kernel.Close(stdin);
        }

        Log.End();
    }

    private void PumpToLog(int? descriptor, string stream)
    {
        if (descriptor is { } from)
        {
            _pumps.Add(new OutputPump(from, _loop, bytes => Log.Write(stream, bytes), static () => { }));
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
