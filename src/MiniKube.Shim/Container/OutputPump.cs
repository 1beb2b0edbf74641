namespace MiniKube.Shim;

/// <summary>Passes on what comes out of a pipe or terminal until its end. Takes over the descriptor.</summary>
internal sealed class OutputPump
{
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly int _descriptor;
    private readonly EventLoop _loop;
    private readonly SpanAction _take;
    private readonly Action _ended;

    public OutputPump(int descriptor, EventLoop loop, SpanAction take, Action ended)
    {
        (_descriptor, _loop, _take, _ended) = (descriptor, loop, take, ended);
        Kernel.SetNonBlocking(descriptor);
        loop.Watch(descriptor, Kernel.EventRead, _ => ReadOnce());
    }

    public delegate void SpanAction(ReadOnlySpan<byte> bytes);

    public bool Open { get; private set; } = true;

    public void Pause(bool pause)
    {
        if (Open)
        {
            _loop.Change(_descriptor, pause ? 0 : Kernel.EventRead);
        }
    }

    /// <summary>Passes on all that is there now.</summary>
    public void Drain()
    {
        while (Open && ReadOnce())
        {
        }
    }

    public void Close()
    {
        if (Open)
        {
            Open = false;
            _loop.UnwatchAndClose(_descriptor);
        }
    }

    private bool ReadOnce()
    {
        var length = Kernel.Read(_descriptor, _buffer);
        if (length is > 0)
        {
            _take(_buffer.AsSpan(0, length.Value));
            return true;
        }

        if (length == 0)
        {
            Close();
            _ended();
        }

        return false;
    }
}
