using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>One connection from the runtime: takes requests, one at a time, and carries the streams of an executed process.</summary>
internal sealed class ClientConnection(int descriptor, SandboxMonitor monitor)
{
    // Above this, whoever feeds the connection is told to wait until it is drained.
    private const int OutgoingBytesMax = 256 * 1024;

    private readonly FrameReader _incoming = new();
    private readonly Queue<byte[]> _outgoing = new();
    private int _sentOfFirst;
    private int _outgoingBytes;
    private bool _answering;
    private bool _closed;

    /// <summary>Takes the frames after a successful <see cref="FrameKind.Exec"/>.</summary>
    public Action<FrameKind, byte[]>? OnFrame { get; set; }

    /// <summary>Called when the connection is gone.</summary>
    public Action? OnClosed { get; set; }

    /// <summary>Called when there is room again.</summary>
    public Action? OnDrained { get; set; }

    /// <summary>True when nothing more should be sent for now.</summary>
    public bool Full => _outgoingBytes > OutgoingBytesMax;

    /// <summary>While set, nothing is read: the other side is held up.</summary>
    public bool Paused
    {
        get;
        set
        {
            if (field != value)
            {
                field = value;
                UpdateWatch();
                HandleFrames();
            }
        }
    }

    public void Open() => monitor.Loop.Watch(descriptor, Kernel.EventRead, OnReady);

    public void Done(Action<BinaryWriter>? write = null) => Answer(Wire.Frame(FrameKind.Done, write));

    public void Fail(FailureKind kind, string message) => Answer(Wire.Frame(FrameKind.Failed, writer =>
    {
        writer.Write((byte)kind);
        writer.Write(message);
    }));

    public void Send(byte[] frame)
    {
        if (_closed)
        {
            return;
        }

        _outgoing.Enqueue(frame);
        _outgoingBytes += frame.Length;
        Flush();
    }

    private void Answer(byte[] frame)
    {
        _answering = false;
        Send(frame);
        HandleFrames();
    }

    private void OnReady(uint events)
    {
        if ((events & Kernel.EventWrite) != 0)
        {
            Flush();
        }

        if (!_closed && (events & (Kernel.EventRead | Kernel.EventHangUp | Kernel.EventError)) != 0)
        {
            Receive((events & (Kernel.EventHangUp | Kernel.EventError)) != 0);
        }
    }

    private void Receive(bool hungUp)
    {
        var length = _incoming.ReadFrom(descriptor);
        if (length == 0 || (length is null && hungUp) || _incoming.Broken)
        {
            Close();
            return;
        }

        HandleFrames();
    }

    private void HandleFrames()
    {
        while (!_closed && !_answering && !Paused && _incoming.TryTake(out var kind, out var payload))
        {
            if (OnFrame is { } onFrame)
            {
                onFrame(kind, payload);
                continue;
            }

            _answering = true;
            Handle(kind, Wire.Reader(payload));
        }
    }

    private void Handle(FrameKind kind, BinaryReader request)
    {
        switch (kind)
        {
            case FrameKind.Start:
                monitor.Start(ContainerStart.Read(request), this);
                break;
            case FrameKind.Exec:
                monitor.Execute(ExecStart.Read(request), this);
                break;
            case FrameKind.Attach:
                monitor.Attach(AttachStart.Read(request), this);
                break;
            case FrameKind.Signal:
                monitor.Signal(request.ReadString(), request.ReadInt32(), this);
                break;
            case FrameKind.List:
                monitor.List(this);
                break;
            case FrameKind.Forget:
                monitor.Forget(request.ReadString(), this);
                break;
            case FrameKind.Watch:
                monitor.Watch(this);
                break;
            case FrameKind.WaitLog:
                monitor.WaitLog(request.ReadString(), LogState.Read(request), this);
                break;
            case FrameKind.Shutdown:
                monitor.Shutdown();
                break;
            default:
                Close();
                break;
        }
    }

    private void Flush()
    {
        var wasFull = Full;
        while (_outgoing.TryPeek(out var frame))
        {
            if (Kernel.Write(descriptor, frame.AsSpan(_sentOfFirst)) is not { } sent)
            {
                Close();
                return;
            }

            if (sent == 0)
            {
                break;
            }

            _outgoingBytes -= sent;
            _sentOfFirst += sent;
            if (_sentOfFirst == frame.Length)
            {
                _outgoing.Dequeue();
                _sentOfFirst = 0;
            }
        }

        UpdateWatch();
        if (wasFull && !Full)
        {
            OnDrained?.Invoke();
        }
    }

    private void UpdateWatch()
    {
        if (!_closed)
        {
            var reading = Paused ? 0 : Kernel.EventRead;
            monitor.Loop.Change(descriptor, reading | (_outgoing.Count > 0 ? Kernel.EventWrite : 0));
        }
    }

    private void Close()
    {
        if (!_closed)
        {
            _closed = true;
            monitor.Loop.UnwatchAndClose(descriptor);
            monitor.OnClosed(this);
            OnClosed?.Invoke();
        }
    }
}
