namespace MiniKube.Shim;

/// <summary>
/// Writes to a process's standard input. While the process does not read, the client is not read from either. Takes over the
/// descriptor.
/// </summary>
internal sealed class InputPump
{
    private readonly int _descriptor;
    private readonly EventLoop _loop;
    private readonly ClientConnection _client;
    private ReadOnlyMemory<byte> _pending;
    private bool _open = true;

    public InputPump(int descriptor, EventLoop loop, ClientConnection client)
    {
        (_descriptor, _loop, _client) = (descriptor, loop, client);
        Kernel.SetNonBlocking(descriptor);
        loop.Watch(descriptor, 0, OnReady);
    }

    /// <summary>Nothing is the end of input.</summary>
    public void Take(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            Close();
            return;
        }

        _pending = bytes;
        WritePending();
    }

    public void Close()
    {
        if (_open)
        {
            _open = false;
            _loop.UnwatchAndClose(_descriptor);
            _client.Paused = false;
        }
    }

    private void OnReady(uint events)
    {
        if ((events & (Kernel.EventError | Kernel.EventHangUp)) != 0)
        {
            Close(); // It closed its input; what is sent is lost, as with any pipe.
            return;
        }

        WritePending();
    }

    private void WritePending()
    {
        if (!_open)
        {
            return;
        }

        if (Kernel.Write(_descriptor, _pending.Span) is not { } taken)
        {
            Close();
            return;
        }

        _pending = _pending[taken..];
        var waiting = _pending.Length > 0;
        _loop.Change(_descriptor, waiting ? Kernel.EventWrite : 0);
        _client.Paused = waiting;
    }
}
