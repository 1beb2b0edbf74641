namespace MiniKube.Shim;

/// <summary>
/// Waits for descriptors and calls whoever watches them, one after the other on the only thread. A callback may add and remove
/// any descriptor, and must bear being called when there is nothing to do.
/// </summary>
internal sealed class EventLoop
{
    private readonly int _queue = Kernel.CreateEventQueue();
    private readonly Dictionary<int, Action<uint>> _watchers = [];
    private bool _ended;

    public void Watch(int descriptor, uint events, Action<uint> whenReady)
    {
        _watchers.Add(descriptor, whenReady);
        Kernel.Watch(_queue, descriptor, events, isNew: true);
    }

    /// <summary>Changes what is waited for; 0 pauses (errors are still told).</summary>
    public void Change(int descriptor, uint events) => Kernel.Watch(_queue, descriptor, events, isNew: false);

    public void UnwatchAndClose(int descriptor)
    {
        if (_watchers.Remove(descriptor))
        {
            Kernel.Unwatch(_queue, descriptor);
        }

        Kernel.Close(descriptor);
    }

    public void End() => _ended = true;

    public void Run()
    {
        var ready = new (int Descriptor, uint Events)[32];
        while (!_ended)
        {
            var count = Kernel.WaitForEvents(_queue, ready);
            for (var i = 0; i < count; i++)
            {
                Dispatch(ready[i].Descriptor, ready[i].Events);
            }
        }
    }

    // The other containers must not end because of what went wrong with one.
    private void Dispatch(int descriptor, uint events)
    {
        try
        {
            if (_watchers.TryGetValue(descriptor, out var whenReady))
            {
                whenReady(events);
            }
        }
        catch (KernelException failure)
        {
            _ = Kernel.Write(2, System.Text.Encoding.UTF8.GetBytes(failure.Message + "\n"));
        }
    }
}
