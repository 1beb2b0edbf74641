namespace MiniKube.Shim;

/// <summary>A container must not outlive its monitor: nobody would know of it.</summary>
internal static class ParentDeath
{
    private const int SetParentDeathSignal = 1;

    /// <summary>Asks the kernel to kill this process when its parent dies. A change of user or group takes it back.</summary>
    public static void KillUs() => Kernel.Control(SetParentDeathSignal, Kernel.SignalKill, "set the parent death signal");
}
