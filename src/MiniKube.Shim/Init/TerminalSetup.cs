namespace MiniKube.Shim;

/// <summary>Makes a terminal of the container's own, whose other side the monitor gets.</summary>
internal static class TerminalSetup
{
    private const uint TerminalGroup = 5;

    public static void Open(uint owner)
    {
        var master = Kernel.Open("/dev/pts/ptmx", Kernel.ReadWrite | Kernel.NoControllingTerminal);
        var peer = Kernel.OpenTerminalPeer(master);
        Kernel.ChangeOwner(peer, owner, TerminalGroup);
        ChildReport.OfferTerminal(master);
        Kernel.Close(master);
        Kernel.StartSession();
        Kernel.SetControllingTerminal(peer);
        for (var standard = 0; standard <= 2; standard++)
        {
            Kernel.Duplicate(peer, standard);
        }

        Kernel.Close(peer);
    }
}
