using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>
/// The socket between the monitor and a child on its way to become the user's program. The child waits for a byte before it
/// begins; it sends Failed, or Done with its terminal's descriptor and waits again; the end without Failed is the program's start.
/// </summary>
internal sealed class ChildChannel(EventLoop loop, Action<BinaryReader> onTerminal, Action<FailureKind, string> onFailed, Action onStarted)
{
    private readonly FrameReader _incoming = new();
    private int _descriptor;
    private bool _failed;

    public bool Open { get; private set; }

    /// <summary>Returns the child's end, to be closed after it was given away.</summary>
    public int Create()
    {
        (_descriptor, var theirs) = Kernel.SocketPair();
        return theirs;
    }

    public void Begin()
    {
        Proceed();
        Kernel.SetNonBlocking(_descriptor);
        Open = true;
        loop.Watch(_descriptor, Kernel.EventRead, _ => Receive());
    }

    public void Proceed() => _ = Kernel.Write(_descriptor, "g"u8);

    /// <summary>Takes what has come already; called when the child ended.</summary>
    public void Finish()
    {
        while (Open)
        {
            Receive();
        }
    }

    public void Discard() => Kernel.Close(_descriptor);

    private void Receive()
    {
        if (_incoming.ReadFrom(_descriptor) == 0)
        {
            Open = false;
            loop.UnwatchAndClose(_descriptor);
            if (!_failed)
            {
                onStarted();
            }

            return;
        }

        while (_incoming.TryTake(out var kind, out var payload))
        {
            var reader = Wire.Reader(payload);
            if (kind == FrameKind.Done)
            {
                onTerminal(reader);
                continue;
            }

            _failed = true;
            onFailed((FailureKind)reader.ReadByte(), reader.ReadString());
        }
    }
}
