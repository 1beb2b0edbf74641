using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>A process executed in a container, its streams carried by the connection that asked for it.</summary>
internal sealed class ExecSession
{
    private readonly Container _container;
    private readonly ClientConnection _client;
    private readonly EventLoop _loop;
    private readonly ProcessStart _process;
    private readonly ChildChannel _channel;
    private readonly List<OutputPump> _pumps = [];
    private ContainerStreams _streams;
    private InputPump? _input;
    private int? _terminal;
    private (FailureKind Kind, string Message)? _failure;
    private bool _exited;
    private bool _clientGone;

    public ExecSession(ExecStart start, Container container, ClientConnection client, EventLoop loop)
    {
        (_container, _client, _loop) = (container, client, loop);
        _process = container.Specification.Process with
        {
            Arguments = start.Arguments,
            Stdin = start.Stdin,
            Terminal = start.Terminal,
            Environment = start.Terminal ? [.. container.Specification.Process.Environment, "TERM=xterm"]
                : container.Specification.Process.Environment,
        };
        _channel = new ChildChannel(loop, OnTerminal, OnFailed, OnStarted);
    }

    public int Pid { get; private set; }

    public void Start(ProcessSpawner spawner)
    {
        _streams = ContainerStreams.Open(_process);
        var config = Kernel.MemoryFile("exec", Serialize());
        var channel = _channel.Create();
        try
        {
            Pid = spawner.StartExec(_container.Pid, [_streams.ChildIn, _streams.ChildOut, _streams.ChildErr, channel, config]);
        }
        finally
        {
            _streams.CloseChildEnds();
            Kernel.Close(channel);
            Kernel.Close(config);
        }

        foreach (var file in _container.Specification.CgroupProcsFiles)
        {
            Kernel.WriteFile(file, $"{Pid}");
        }

        _client.OnFrame = OnFrame;
        _client.OnClosed = OnClientGone;
        _client.OnDrained = () => _pumps.ForEach(static pump => pump.Pause(false));
        _channel.Begin();
    }

    public void OnExited(int exitCode)
    {
        _channel.Finish();
        _exited = true;
        if (_failure is var (kind, message))
        {
            _client.OnFrame = null;
            _streams.CloseOurEnds();
            _client.Fail(kind, message);
            return;
        }

        // What it wrote comes before its exit code; what its children still write comes after.
        _pumps.ForEach(static pump => pump.Drain());
        _client.Send(Wire.Frame(FrameKind.Exited, writer => writer.Write(exitCode)));
    }

    private void Pump(int? descriptor, FrameKind kind)
    {
        if (descriptor is { } from)
        {
            _pumps.Add(new OutputPump(from, _loop, bytes => Forward(kind, bytes), () => Forward(kind, default)));
        }
    }

    private void Forward(FrameKind kind, ReadOnlySpan<byte> bytes)
    {
        _client.Send(Wire.DataFrame(kind, bytes));
        if (_client.Full)
        {
            _pumps.ForEach(static pump => pump.Pause(true));
        }
    }

    private void OnTerminal(BinaryReader message)
    {
        var process = Kernel.OpenProcess(Pid);
        var master = message.ReadInt32();
        _terminal = Kernel.TakeDescriptor(process, master);
        _streams = _streams with { Out = _terminal, In = _process.Stdin ? Kernel.TakeDescriptor(process, master) : null };
        Kernel.Close(process);
        _channel.Proceed();
    }

    private void OnFailed(FailureKind kind, string message) => _failure = (kind, message);

    // The answer first: what the process writes comes after it.
    private void OnStarted()
    {
        _client.Done();
        if (_streams.In is { } input)
        {
            _input = new InputPump(input, _loop, _client);
        }

        Pump(_streams.Out, FrameKind.Stdout);
        Pump(_streams.Err, FrameKind.Stderr);
        if (_clientGone)
        {
            Close();
        }
    }

    private void OnFrame(FrameKind kind, byte[] payload)
    {
        if (kind == FrameKind.Stdin)
        {
            _input?.Take(payload);
        }
        else if (kind == FrameKind.Resize && _terminal is { } terminal)
        {
            var size = Wire.Reader(payload);
            Kernel.SetTerminalSize(terminal, size.ReadInt32(), size.ReadInt32());
        }
    }

    private void OnClientGone()
    {
        _clientGone = true;
        if (!_exited)
        {
            Kernel.Signal(Pid, Kernel.SignalKill);
        }

        Close();
    }

    private void Close()
    {
        _pumps.ForEach(static pump => pump.Close());
        _input?.Close();
        (_terminal, _input) = (null, null);
    }

    private byte[] Serialize()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(_container.Pid);
        _process.Write(writer);
        writer.Flush();
        return stream.ToArray();
    }
}
