using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>
/// A client connected to a running container's streams. One that does not read holds the container's output up, as a terminal that
/// is not read does; leaving lets it go on.
/// </summary>
internal sealed class AttachSession(AttachStart start, Container container, ClientConnection client)
{
    private InputPump? _input;
    private int? _terminal;
    private bool _ended;

    public bool Full => client.Full;

    public void Start(EventLoop loop, int? stdin, int? terminal)
    {
        _terminal = terminal;
        client.OnFrame = OnFrame;
        client.OnClosed = OnClientGone;
        client.OnDrained = container.OnDrained;
        if (start.Stdin && stdin is { } input)
        {
            _input = new InputPump(Kernel.Duplicate(input), loop, client);
        }

        client.Done(writer => writer.Write(terminal is not null));
    }

    public void Send(FrameKind kind, ReadOnlySpan<byte> bytes)
    {
        if (kind == FrameKind.Stdout ? start.Stdout : start.Stderr)
        {
            client.Send(Wire.DataFrame(kind, bytes));
        }
    }

    /// <summary>The container ended, and all it wrote was sent.</summary>
    public void OnEnded()
    {
        _ended = true;
        _terminal = null;
        _input?.Close();
        foreach (var kind in (FrameKind[])[FrameKind.Stdout, FrameKind.Stderr])
        {
            client.Send(Wire.DataFrame(kind, default));
        }

        client.Send(Wire.Frame(FrameKind.Exited, static writer => writer.Write(0)));
    }

    private void OnFrame(FrameKind kind, byte[] payload)
    {
        if (kind == FrameKind.Stdin && _input is { } input)
        {
            input.Take(payload);
            if (payload.Length == 0)
            {
                EndInput();
            }
        }
        else if (kind == FrameKind.Resize && _terminal is { } terminal)
        {
            var size = Wire.Reader(payload);
            Kernel.SetTerminalSize(terminal, size.ReadInt32(), size.ReadInt32());
        }
    }

    private void OnClientGone()
    {
        if (!_ended)
        {
            EndInput();
            container.Detach(this);
        }
    }

    private void EndInput()
    {
        if (_input is { } input)
        {
            _input = null;
            input.Close();
            container.EndInput();
        }
    }
}
