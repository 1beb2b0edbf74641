namespace MiniKube.Shim;

/// <summary>The first process of a process namespace the containers of a pod share: it does nothing but bury the orphans.</summary>
internal static class Pause
{
    public static int Run()
    {
        ParentDeath.KillUs();
        Kernel.BlockChildSignal();
        var signals = Kernel.OpenChildSignals();
        var queue = Kernel.CreateEventQueue();
        Kernel.Watch(queue, signals, Kernel.EventRead, isNew: true);
        var ready = new (int, uint)[1];
        var buffer = new byte[128];
        while (true)
        {
            _ = Kernel.WaitForEvents(queue, ready);
            _ = Kernel.Read(signals, buffer);
            while (Kernel.ReapChild() is not null)
            {
            }
        }
    }
}
